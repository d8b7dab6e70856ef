import { sourceProblems } from '../application/problems.ts'
import { ApplicationSource as SourceSchema } from '../application/source.ts'
import type { ApplicationSource } from '../application.ts'
import { RenderError } from '../errors.ts'
import { isMapping } from '../manifest/field.ts'
import { boundedJson, readYaml } from './read-yaml.ts'

const general = '.argocd-source.yaml'

/**
 * Files beside the manifests that change the parameters of a source, in the order in which they
 * count (SRC-12); an instance is called `<namespace>_<name>` outside of the control namespace.
 */
export function overrideFiles(instance: string): readonly string[] {
  return [general, `.argocd-source-${instance}.yaml`]
}

/** Whether a file changes parameters, of this application or another one: it declares no objects. */
export function isOverrideFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name === general || /^\.argocd-source-.+\.yaml$/.test(name)
}

/**
 * The source with the file merged over it (RFC 7396). Where the manifests come from stays as the
 * Application says: whoever may write the repository may not lead us to another one.
 */
export function withOverrides<Source extends ApplicationSource>(
  source: Source,
  text: string,
  file: string,
): Source {
  // an empty document is an error of the parser, and nobody's mistake
  if (text.replaceAll(/^\s*#.*$/gm, '').trim() === '') return source
  const { repoURL, path, targetRevision, tagPrefix, chart, ref, name } = source
  const from = { repoURL, path, targetRevision, tagPrefix, chart, ref, name }
  const patch: unknown = JSON.parse(boundedJson(readYaml(text, file), file))
  const read = SourceSchema.safeParse({ ...(merged(source, patch) as object), ...from })
  if (!read.success) {
    const [issue] = read.error.issues
    throw new RenderError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const [problem] = sourceProblems(read.data, file)
  if (problem !== undefined) throw new RenderError(problem)
  return { ...read.data, ...from } as unknown as Source
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch
  const result = new Map<string, unknown>(isMapping(target) ? Object.entries(target) : [])
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field)
    else result.set(field, merged(result.get(field), value))
  }
  return Object.fromEntries(result)
}
