import type { ApplicationSource } from '../../core/application.ts'
import type { Files } from './render-cases.ts'

type Chart = {
  readonly files: Files
  readonly helm?: NonNullable<ApplicationSource['helm']>
  /** The same for the command line. */
  readonly flags?: readonly string[]
}

const bom = '\uFEFF'
const crlf = (text: string) => text.replaceAll('\n', '\r\n')
const head = (name: string, more = '') => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}`
const map = (name: string, data: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${data}`
const shown = (name: string) => map(name, '  values: {{ .Values | toJson | quote }}\n')
const sub = (name: string, more: Files = {}, folder = name): Files =>
  Object.fromEntries(
    Object.entries({
      'Chart.yaml': head(name),
      'values.yaml': `own: ${name}\n`,
      'templates/shown.yaml': shown(`{{ .Release.Name }}-{{ .Chart.Name }}`),
      ...more,
    }).map(([path, text]) => [`chart/charts/${folder}/${path}`, text]),
  )

const anchors = `base: &base
  one: "1"
  list: &list [a, b]
merged:
  <<: *base
  two: "2"
again: *list
`
const odd = `  octal: "0755"
  "yes": "yes"
  time: "12:30:45"
  version: "1.10"
  exponent: "1e3"
  nothing: "null"
  empty: ""
  tilde: "~"
  long: ${'x'.repeat(20_000)}
  unicode: "Grüße, 世界 🚀 \\u00e9"
  folded: >-
    a folded
    text

    of two paragraphs
  kept: |+
    with its ends

`

/** Charts as they are found in the wild. */
export const charts: Readonly<Record<string, Chart>> = {
  'subcharts behind conditions, tags and aliases, and imported values': {
    files: {
      'chart/Chart.yaml': head(
        'umbrella',
        `dependencies:
  - {name: on, version: 1.0.0, condition: "on.enabled"}
  - {name: off, version: 1.0.0, condition: "off.enabled,global.off"}
  - {name: tagged, version: 1.0.0, tags: [front, back]}
  - {name: untagged, version: 1.0.0, tags: [gone]}
  - {name: on, version: 1.0.0, alias: second}
  - {name: source, version: 1.0.0, import-values: [exported, {child: deep.inner, parent: taken}]}
`,
      ),
      'chart/values.yaml':
        'on: {enabled: true, size: 1}\noff: {enabled: false}\ntags: {front: true, gone: false}\nsecond: {size: 2}\nglobal: {region: north}\n',
      'chart/templates/shown.yaml': shown('umbrella'),
      ...sub('on'),
      ...sub('off'),
      ...sub('tagged'),
      ...sub('untagged'),
      ...sub('source', {
        'values.yaml': 'exports: {exported: {from: child}}\ndeep: {inner: {a: b}}\n',
      }),
    },
  },
  'a library chart, named templates and tpl': {
    files: {
      'chart/Chart.yaml': head('app', 'dependencies: [{name: lib, version: 1.0.0}]\n'),
      'chart/values.yaml': 'text: "{{ .Release.Name }} of {{ .Values.who }}"\nwho: me\n',
      'chart/charts/lib/Chart.yaml': head('lib', 'type: library\n'),
      'chart/charts/lib/templates/_lib.tpl':
        '{{- define "lib.labels" -}}\napp: {{ .Chart.Name }}\nrelease: {{ .Release.Name }}\n{{- end -}}\n',
      'chart/templates/_own.yaml': '{{ define "own" }}never rendered{{ end }}',
      'chart/templates/deep/er/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  labels:
    {{- include "lib.labels" . | nindent 4 }}
data:
  text: {{ tpl .Values.text . | quote }}
`,
    },
  },
  'lookups, capabilities and files': {
    files: {
      'chart/Chart.yaml': head('app', 'kubeVersion: ">=1.25.0-0"\nappVersion: "2.10"\n'),
      'chart/.helmignore': 'files/ignored.txt\n',
      'chart/files/a.txt': 'text of a\n',
      'chart/files/b.txt': 'Grüße\r\n',
      'chart/files/ignored.txt': 'nobody reads it',
      'chart/templates/a.yaml': `{{- $old := lookup "v1" "Secret" .Release.Namespace "old" }}
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: {{ .Release.Namespace }}}
data:
  old: {{ $old | toJson | quote }}
  kube: {{ .Capabilities.KubeVersion.Minor | quote }}
  batch: {{ .Capabilities.APIVersions.Has "batch/v1" | quote }}
  upgrade: {{ .Release.IsUpgrade | quote }}
  app: {{ .Chart.AppVersion | quote }}
{{ (.Files.Glob "files/*").AsConfig | indent 2 }}
`,
    },
  },
  'hooks, weights, tests, definitions and notes': {
    files: {
      'chart/Chart.yaml': head('app'),
      'chart/crds/crd.yaml':
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b.c}\n---\n# a comment alone\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: d.b.c}\n',
      'chart/templates/hooks.yaml': ['pre-install', 'post-upgrade', 'test']
        .map(
          (hook, index) =>
            `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${hook}\n  annotations: {helm.sh/hook: "${hook}", helm.sh/hook-weight: "${index - 1}"}\n`,
        )
        .join('---\n'),
      'chart/templates/NOTES.txt': 'Thank you for {{ .Chart.Name }}: kind: Nothing\n',
    },
  },
  'its definitions and tests skipped': {
    files: {
      'chart/Chart.yaml': head('app'),
      'chart/crds/crd.yaml': 'kind: CustomResourceDefinition\n',
      'chart/templates/a.yaml': map('a', '  a: b\n'),
      'chart/templates/tests/t.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test-success}}\n',
    },
    helm: { skipCrds: true, skipTests: true },
    flags: ['--skip-tests'],
  },
  'files of Windows': {
    files: {
      'chart/Chart.yaml': bom + crlf(head('app')),
      'chart/values.yaml': bom + crlf('text: one\nlines: |\n  a\n  b\n'),
      'chart/more.yaml': bom + crlf('text: two\n'),
      'chart/templates/a.yaml': crlf(shown('a')),
    },
    helm: { valueFiles: ['more.yaml'] },
    flags: ['--values=more.yaml'],
  },
  'values that are removed, merged and hard to read': {
    files: {
      'chart/Chart.yaml': head('app'),
      'chart/values.yaml': `${anchors}gone: {a: b}\nnumber: 12345678\nfloat: 0.10\nodd:\n${odd}`,
      'chart/templates/a.yaml': `${shown('a')}---\n{{ range $key, $value := .Values.odd }}${map('{{ $key | quote }}', '  v: {{ $value | quote }}\n')}---\n{{ end }}`,
    },
    helm: { values: 'gone: null\nbase: {one: null}\n' },
    flags: ['--set=gone=null', '--set=base.one=null'],
  },
  'empty documents, lists and templates that give nothing': {
    files: {
      'chart/Chart.yaml': head('app'),
      'chart/templates/none.yaml': '{{ if false }}\nkind: Never\n{{ end }}\n',
      'chart/templates/comment.yaml': '# a comment alone\n',
      'chart/templates/list.yaml':
        'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n',
      'chart/templates/many.yaml': `---\n---\n${map('c', '  a: b\n')}\n---\n\n---\n# nothing\n---\n${map('d', odd)}`,
    },
  },
}

/** Kustomizations in the folder `app`. */
export const kustomizations: Readonly<Record<string, Files>> = {
  'bases, generators, replacements and patches of every kind': {
    'app/kustomization.yaml': `namePrefix: p-
resources: [../base]
components: [../component]
generatorOptions: {labels: {made: "yes"}}
configMapGenerator:
  - {name: env, envs: [some.env], literals: ["text=a=b", 'quoted="c"']}
  - {name: file, files: [deep/some.txt, renamed=deep/some.txt]}
  - {name: base, behavior: merge, literals: [more=1]}
secretGenerator: [{name: token, literals: [a=b], type: Opaque}]
replacements:
  - source: {kind: ConfigMap, name: base, fieldPath: data.host}
    targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=HOST].value"]}]
patchesStrategicMerge:
  - |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: side, $patch: delete}]}}}
patchesJson6902:
  - {target: {group: apps, version: v1, kind: Deployment, name: web}, path: json.yaml}
`,
    'app/some.env': 'ONE=1\n# a comment\nTWO=two words\n',
    'app/deep/some.txt': 'Grüße, 世界\n',
    'app/json.yaml': '- {op: replace, path: /spec/replicas, value: 3}\n',
    'base/kustomization.yaml':
      'resources: [web.yaml]\nconfigMapGenerator: [{name: base, literals: [host=example.com]}]\n',
    'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: web, env: [{name: HOST, value: ""}], envFrom: [{configMapRef: {name: base}}]}
        - {name: side, image: side}
`,
    'component/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {of: component}, includeTemplates: true}]\n',
  },
  'anchors, lists, empty documents and files of Windows': {
    'app/kustomization.yaml': crlf('resources:\n  - a.yaml\n  - list.yaml\nnamespace: shop\n'),
    'app/a.yaml': `---\n---\n${map('a', odd)}---\n# nothing\n---\n${crlf(map('b', '  a: b\n'))}---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec:
${anchors.replaceAll(/^(?=.)/gm, '  ')}`,
    'app/list.yaml':
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n',
  },
}

/** Manifests of a plain directory. */
export const plainFiles: Files = {
  'anchors and merges': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nspec:\n${anchors.replaceAll(/^(?=.)/gm, '  ')}`,
  'texts that look like something else': map('a', odd),
  'numbers as kubectl reads them': `${map('a', '  a: b\n')}numbers: [0755, 0o17, 0x1F, 1e3, 1_000, 1.10, -0, +1, .5, 12345678901]\nbooleans: [yes, No, on, off, y, true]\ndates: [2020-01-01, 12:30:45]\n`,
  'empty documents and comments': `# first\n---\n---\n${map('a', '  a: b\n')}\n...\n---\n# nothing\n---\n${map('b', '  a: b\n')}---\n`,
  'lines of Windows': crlf(map('a', '  text: |\n    one\n    two\n')),
  'a list of lists': `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}}\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n`,
}
