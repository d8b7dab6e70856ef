type Options = {
  /** What the pod does instead of ending well; see deploy/local/stages.yaml. */
  readonly simulate?: string
  /** How long the pod runs before it ends. */
  readonly runtime?: string
  readonly policy?: string
}

/** A Job that runs as a hook of the phase; kwok plays its pod. */
export function hookJob(
  name: string,
  phase: string,
  { simulate, runtime, policy }: Options = {},
): string {
  const annotations = {
    'argocd.argoproj.io/hook': phase,
    ...(policy !== undefined && { 'argocd.argoproj.io/hook-delete-policy': policy }),
  }
  const played = {
    ...(simulate !== undefined && { 'driftless.dev/simulate': simulate }),
    ...(runtime !== undefined && { 'driftless.dev/simulate-runtime': runtime }),
  }
  return JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: played },
        spec: { restartPolicy: 'Never', containers: [{ name, image: 'busybox:1' }] },
      },
    },
  })
}

/** A hook that is only said to people in the channel. */
export function noticeHook(name: string, phase: string, channel: string, text: string): string {
  const annotations = {
    'argocd.argoproj.io/hook': phase,
    'driftless.dev/notify': `slack:${channel}`,
  }
  const metadata = { name, annotations }
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { message: text } })
}
