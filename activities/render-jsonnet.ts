import type { Tools, Workspace } from '../clients/tools.ts'
import type { ApplicationSource } from '../core/application.ts'
import { RenderError } from '../core/errors.ts'
import { type ParsedManifest, parseManifests } from '../core/manifest/yaml.ts'
import { type BuildEnvironment, substitute } from '../core/render/environment.ts'
import { checkVariable, documentsOf, type JsonnetVariable } from '../core/render/jsonnet.ts'
import { withoutValues } from '../core/render/without-values.ts'
import type { Checkout } from './checkout.ts'
import type { JsonnetReads } from './jsonnet-reads.ts'
import { putAll } from './put-all.ts'

export type JsonnetRender = {
  readonly source: ApplicationSource
  readonly checkout: Checkout
  readonly reads: JsonnetReads
  readonly environment: BuildEnvironment
}

/**
 * Runs the Jsonnet programs of a directory in a private folder that holds only what they import
 * (DIR-05, DIR-06). Values are handed over in files: arguments are for everybody to see.
 */
export async function renderJsonnet(
  tools: Tools,
  { source, checkout, reads, environment }: JsonnetRender,
): Promise<readonly ParsedManifest[]> {
  const { extVars = [], tlas = [] } = source.directory?.jsonnet ?? {}
  try {
    return await tools.workspace(async (workspace) => {
      await putAll(workspace, checkout, reads.paths)
      const args = [
        ...(await variables(workspace, 'ext', extVars, environment)),
        ...(await variables(workspace, 'tla', tlas, environment)),
      ]
      const found: ParsedManifest[] = []
      for (const program of reads.programs) {
        const output = await workspace.jsonnet(program, reads.libraries, args)
        found.push(...parseManifests(documentsOf(output), program))
      }
      return found
    })
  } catch (error) {
    if (!(error instanceof RenderError)) throw error
    throw new RenderError(withoutValues(error.message, source))
  }
}

async function variables(
  workspace: Workspace,
  kind: 'ext' | 'tla',
  given: readonly JsonnetVariable[],
  environment: BuildEnvironment,
): Promise<readonly string[]> {
  const field = kind === 'ext' ? 'extVars' : 'tlas'
  const args = await Promise.all(
    given.map(async ({ name, value = '', code }, index) => {
      const text = substitute(value, environment)
      // as it will run: a name of the environment can complete a word
      checkVariable({ name, value: text, code }, `spec.source.directory.jsonnet.${field}`)
      const file = await workspace.keep(`${kind}-${index}`, text)
      return [`--${kind}-${code === true ? 'code' : 'str'}-file`, `${name}=${file}`]
    }),
  )
  return args.flat()
}
