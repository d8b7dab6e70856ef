import { z } from 'zod'
import { InvalidSpecError } from '../errors.ts'
import { AnnouncedParameter } from './plugin-parameters.ts'
import { readYaml } from './read-yaml.ts'

/** A program of the operator's that makes manifests of a folder (DIR-10). */
export type Plugin = {
  /** By which Applications choose it: with the version behind it when it has one (DIR-07). */
  readonly name: string
  /** Runs before `generate`; what it writes stays in the private copy. */
  readonly init?: readonly string[]
  /** Writes the manifests. */
  readonly generate: readonly string[]
  /** Which folders it takes without being named; absent: none. */
  readonly discover?: Discovery
  readonly mayUseNetwork: boolean
  /** Programs of the repository may be run. */
  readonly keepsModes?: true
  /** The parameters that it announces; nothing for a plugin that announces none. */
  readonly parameters?: readonly AnnouncedParameter[]
}

export type Discovery =
  /** Takes the folder when a file in it matches. */
  | { readonly glob: string }
  /** Takes the folder when it ends well and writes something. */
  | { readonly command: readonly string[] }

const Command = z.object({
  command: z.array(z.string()).min(1),
  args: z.array(z.string()).default([]),
})
const notBuilt = z.literal(false, 'is not there yet; leave it out').optional()

const PluginObject = z.object({
  apiVersion: z.literal('argoproj.io/v1alpha1'),
  kind: z.literal('ConfigManagementPlugin'),
  metadata: z.object({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    version: z.string().default(''),
    init: Command.optional(),
    generate: Command,
    discover: z
      .object({
        fileName: z.string().optional(),
        find: Command.partial().extend({ glob: z.string().optional() }).optional(),
      })
      .optional(),
    parameters: z
      .object({ static: z.array(AnnouncedParameter).default([]), dynamic: Command.optional() })
      .optional(),
    preserveFileMode: z.boolean().default(false),
    provideGitCreds: notBuilt,
  }),
})

const networkAnnotation = 'driftless.dev/plugin-network'

/** Reads a `ConfigManagementPlugin`; InvalidSpecError that names the file and the fields. */
export function readPlugin(text: string, file: string): Plugin {
  const result = PluginObject.safeParse(readYaml(text, file))
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new InvalidSpecError(`${file} is no ConfigManagementPlugin: ${problems.join('; ')}`)
  }
  const { metadata, spec } = result.data
  const discover = discoveryOf(spec.discover)
  const { static: parameters = [] } = spec.parameters ?? {}
  return {
    name: spec.version === '' ? metadata.name : `${metadata.name}-${spec.version}`,
    ...(spec.init !== undefined && { init: lineOf(spec.init) }),
    generate: lineOf(spec.generate),
    ...(discover !== undefined && { discover }),
    ...(spec.preserveFileMode && { keepsModes: true }),
    ...(parameters.length > 0 && { parameters }),
    mayUseNetwork: metadata.annotations[networkAnnotation] === 'true',
  }
}

/** Of several ways the first one counts, as in Argo CD. */
function discoveryOf(
  discover: z.infer<typeof PluginObject>['spec']['discover'],
): Discovery | undefined {
  const { fileName, find } = discover ?? {}
  const glob = fileName || find?.glob
  if (glob) return { glob: glob.replace(/^\.\//, '') }
  const { command, args = [] } = find ?? {}
  return command === undefined ? undefined : { command: lineOf({ command, args }) }
}

function lineOf({ command, args }: z.infer<typeof Command>): readonly string[] {
  return [...command, ...args]
}
