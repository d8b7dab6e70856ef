/** The parts that somebody else runs, by their addresses. */
export type External = {
  readonly kafka: string | undefined
  readonly temporal: string | undefined
  readonly kubeconfig: string | undefined
}

/** Reads the address variables; an empty one counts as not set. */
export function readExternal(env: NodeJS.ProcessEnv = process.env): External {
  const given = (name: string): string | undefined => (env[name] === '' ? undefined : env[name])
  return {
    kafka: given('KAFKA_BROKERS'),
    temporal: given('TEMPORAL_ADDRESS'),
    kubeconfig: given('KUBECONFIG'),
  }
}
