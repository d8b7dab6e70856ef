import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

/** Shows the values that it is rendered with, in the ConfigMap `<release>-chart`. */
export const template = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-chart
data:
  color: {{ .Values.color | quote }}
  size: {{ .Values.size | quote }}
  shape: {{ .Values.shape | quote }}
  namespace: {{ .Release.Namespace }}
  apps: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
`
/** A chart in the folder `chart`. */
export const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'chart/values.yaml': 'color: blue\nsize: small\nshape: round\n',
  'chart/templates/config.yaml': template,
}

/** A scene whose Applications are rendered by a tool; when it closes, the tools have left nothing. */
export type RenderScene = Scene & {
  /** Creates an Application with this source in the repository. */
  deploy(name: string, source: object): Promise<void>
  /** The data of a ConfigMap that was deployed. */
  data(name: string): Promise<unknown>
}

/** Opens the scene with its namespace. */
export async function openRenderScene(
  endpoints: Endpoints,
  namespace: string,
): Promise<RenderScene> {
  const scene = await openScene(endpoints, namespace)
  const { kube, repository } = scene
  await createNamespace(kube, namespace)
  return {
    ...scene,
    deploy: (name, source) =>
      scene.create(name, {
        spec: { source: { repoURL: repository.url, targetRevision: 'HEAD', ...source } },
      }),
    data: async (name) =>
      (await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).data,
    async close() {
      await scene.close()
      await eventually(
        () => readdirSync(join(inject('stackDir'), 'driftless', 'scratch', 'worker')),
        (left) => !left.some((name) => name.startsWith('driftless-render-')),
      )
    },
  }
}
