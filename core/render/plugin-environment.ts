import type { ApplicationSource } from '../application.ts'
import { InvalidSpecError } from '../errors.ts'
import { type BuildEnvironment, substitute, variablesOf } from './environment.ts'

type Options = NonNullable<ApplicationSource['plugin']>

/**
 * The variables that a plugin is given: the build environment, `ARGOCD_ENV_<name>` (DIR-08),
 * `PARAM_<name>` and all parameters as JSON (DIR-09). Every name has a beginning of ours, so that no
 * source can set PATH.
 */
export function pluginEnvironment(
  { env = [], parameters = [] }: Options,
  environment: BuildEnvironment,
): Readonly<Record<string, string>> {
  const own = env.map(({ name = '', value = '' }) => {
    if (!/^\w+$/.test(name)) {
      throw new InvalidSpecError(
        `spec.source.plugin.env: ${name} is no name of a variable; use letters, digits and "_"`,
      )
    }
    return [`ARGOCD_ENV_${name}`, substitute(value, environment)] as const
  })
  const given = parameters.flatMap(({ name = '', string, array = [], map = {} }) => [
    ...(string === undefined ? [] : [[parameterName(name), string] as const]),
    ...array.map((value, index) => [parameterName(`${name}_${index}`), value] as const),
    ...Object.entries(map).map(([key, value]) => [parameterName(`${name}_${key}`), value] as const),
  ])
  const all = {
    ...variablesOf(environment),
    ...Object.fromEntries([...given, ...own]),
    ARGOCD_APP_PARAMETERS: JSON.stringify(parameters),
  }
  for (const [name, value] of Object.entries(all)) refuseNul(name, value)
  return all
}

function parameterName(name: string): string {
  return `PARAM_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`
}

function refuseNul(name: string, value: string): void {
  if (!value.includes('\0')) return
  throw new InvalidSpecError(`spec.source.plugin: the value of ${name} holds a NUL character`)
}
