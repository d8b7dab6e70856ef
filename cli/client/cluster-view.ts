/** A cluster as the API shows it. */
export type ClusterView = {
  readonly name: string
  readonly server: string
  readonly project?: string
  readonly namespaces?: readonly string[]
  readonly clusterResources?: boolean
  readonly connectionState: { readonly status: string; readonly message: string }
  readonly serverVersion: string
  readonly info: { readonly applicationsCount: number }
}
