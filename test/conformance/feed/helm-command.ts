import { posix } from 'node:path'
import { parseArgs } from 'node:util'
import type { ApplicationSource } from '../../../core/application.ts'

type Helm = NonNullable<ApplicationSource['helm']>
export type HelmAsk = {
  readonly chart: string
  readonly name: string
  readonly namespace: string
  readonly helm: Helm
}

const text = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
/** The options that an Application has a field for; of any other the row has no answer here. */
const options = {
  values: { ...text, short: 'f' },
  set: text,
  'set-string': text,
  'include-crds': flag,
  'skip-tests': flag,
  'skip-schema-validation': flag,
  'kube-version': { type: 'string' },
  'api-versions': { ...text, short: 'a' },
  namespace: { type: 'string', short: 'n' },
} as const

/** What an Application says for a line of `helm template`; undefined when it cannot say that. */
export function helmCommand(command: string): HelmAsk | undefined {
  const [helm, verb, ...args] = wordsOf(command)
  if (helm !== 'helm' || verb !== 'template') return undefined
  const read = readArguments(args)
  if (read === undefined) return undefined
  const { values, positionals } = read
  const [first = '', second] = positionals
  const chart = second ?? first
  const files = (values.values ?? []).flatMap((list) => list.split(','))
  const valueFiles = files.map((file) => posix.relative(posix.dirname(chart), file))
  if (valueFiles.some((file) => file.startsWith('..'))) return undefined
  return {
    chart,
    name: second === undefined ? 'release-name' : first,
    namespace: values.namespace ?? 'default',
    helm: {
      // the root is the folder in which the chart lies
      valueFiles: valueFiles.map((file) => `/${file}`),
      skipCrds: values['include-crds'] !== true,
      skipTests: values['skip-tests'] === true,
      skipSchemaValidation: values['skip-schema-validation'] === true,
      ...(values['kube-version'] !== undefined && { kubeVersion: values['kube-version'] }),
      ...(values['api-versions'] !== undefined && {
        apiVersions: values['api-versions'].flatMap((list) => list.split(',')),
      }),
      parameters: [
        ...(values.set ?? []).flatMap((pairs) => parameters(pairs, false)),
        ...(values['set-string'] ?? []).flatMap((pairs) => parameters(pairs, true)),
      ],
    },
  }
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch {
    return undefined
  }
}

function parameters(pairs: string, forceString: boolean) {
  return pairs.split(/(?<!\\),(?![^{]*\})/).map((pair) => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), forceString }
  })
}

/** Words as a shell has them, as far as the lines use quotes. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) =>
      String(single ?? double),
    ),
  )
}
