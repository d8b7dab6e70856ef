/** A program that a build makes, and how it proves its version. */
export type Program = {
  readonly name: string
  readonly versionArgs: readonly string[]
  /** Stands in the answer of the pinned version. */
  readonly version: string
}

/** How one part of the stack is made from its pinned sources in `stack/<name>`. */
export type Recipe = {
  readonly name: string
  /** What people are told. */
  readonly title: string
  readonly tool: 'go' | 'mvn'
  readonly programs: readonly Program[]
  /** Of Go: the packages to build; one package alone is named after the only program. */
  readonly packages: readonly string[]
  readonly ldflags: string
}

const kubernetesVersion = '1.36.3'
const stamp = 'k8s.io/component-base/version'
const [major, minor] = kubernetesVersion.split('.')

const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']

/** Everything that is built, in this order: what starts first comes first. */
export const recipes = {
  etcd: go(
    'etcd',
    'etcd 3.6.8',
    ['go.etcd.io/etcd/server/v3'],
    [{ name: 'etcd', versionArgs: ['--version'], version: '3.6.8' }],
  ),
  kube: {
    ...go(
      'kube',
      `Kubernetes ${kubernetesVersion} (API server, controller manager, scheduler)`,
      kubernetesPrograms.map((program) => `k8s.io/kubernetes/cmd/${program}`),
      kubernetesPrograms.map((name) => ({
        name,
        versionArgs: ['--version'],
        version: `v${kubernetesVersion}`,
      })),
    ),
    // without these the server's own version does not parse
    ldflags: `-s -w -X ${stamp}.gitVersion=v${kubernetesVersion} -X ${stamp}.gitMajor=${major} -X ${stamp}.gitMinor=${minor} -X ${stamp}.gitTreeState=clean`,
  },
  kwok: go(
    'kwok',
    'kwok 0.8.0',
    ['sigs.k8s.io/kwok/cmd/kwok'],
    [{ name: 'kwok', versionArgs: ['--version'], version: 'v0.8.0' }],
  ),
  temporal: go(
    'temporal',
    'Temporal server 1.29.1 and UI',
    ['github.com/temporalio/cli/cmd/temporal'],
    [{ name: 'temporal', versionArgs: ['--version'], version: 'Server 1.29.1' }],
  ),
  kafka: {
    name: 'kafka',
    title: 'Apache Kafka 4.1.1',
    tool: 'mvn',
    packages: [],
    ldflags: '',
    programs: [],
  },
  helm: go(
    'helm',
    'Helm 3.21.4 and Kustomize 5.8.1',
    [
      'helm.sh/helm/v3/cmd/helm',
      'sigs.k8s.io/kustomize/kustomize/v5',
      // linked with the same libraries; where the PATH has the tools already it is not needed
      './driftless-renderer',
    ],
    [
      { name: 'helm', versionArgs: ['version'], version: 'v3.21' },
      { name: 'kustomize', versionArgs: ['version'], version: 'v5.8.1' },
    ],
  ),
  jsonnet: go(
    'jsonnet',
    'Jsonnet 0.22.0',
    ['github.com/google/go-jsonnet/cmd/jsonnet'],
    [{ name: 'jsonnet', versionArgs: ['--version'], version: 'v0.22.0' }],
  ),
} satisfies Record<string, Recipe>

export type RecipeName = keyof typeof recipes

function go(
  name: string,
  title: string,
  packages: readonly string[],
  programs: readonly Program[],
): Recipe {
  return { name, title, tool: 'go', packages, programs, ldflags: '-s -w' }
}
