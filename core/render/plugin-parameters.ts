import { z } from 'zod'
import type { ApplicationSource } from '../application.ts'
import { InvalidSpecError } from '../errors.ts'

type Parameters = NonNullable<NonNullable<ApplicationSource['plugin']>['parameters']>

/** A parameter that a plugin announces; its default is the plugin's own affair, as in Argo CD (DIR-10). */
export const AnnouncedParameter = z.object({
  name: z.string().min(1),
  required: z.boolean().default(false),
  collectionType: z.enum(['', 'string', 'array', 'map']).default(''),
})
export type AnnouncedParameter = z.infer<typeof AnnouncedParameter>

/** InvalidSpecError for a required parameter that is not given, and for one of another type than announced. */
export function checkParameters(
  announced: readonly AnnouncedParameter[],
  given: Parameters,
  plugin: string,
): void {
  for (const { name, required, collectionType } of announced) {
    const found = given.find((parameter) => parameter.name === name)
    const type = collectionType || 'string'
    if (found === undefined && required) {
      throw problem(`the plugin ${plugin} needs ${name}; give it as ${type}`)
    }
    if (found !== undefined && found[type] === undefined) {
      throw problem(`${name} has to be given as ${type} to the plugin ${plugin}`)
    }
  }
}

function problem(text: string): InvalidSpecError {
  return new InvalidSpecError(`spec.source.plugin.parameters: ${text}`)
}
