import { globMatch } from '../glob.ts'

type Labels = Readonly<Record<string, string>>

/** Which labels Kubernetes Events have, as the settings say: globs over their keys. */
export type LabelKeys = { readonly include: readonly string[]; readonly exclude: readonly string[] }

/** Reads `resource.includeEventLabelKeys` and `resource.excludeEventLabelKeys`. */
export function readLabelKeys(setting: (key: string) => string | undefined): LabelKeys {
  return {
    include: keysIn(setting('resource.includeEventLabelKeys')),
    exclude: keysIn(setting('resource.excludeEventLabelKeys')),
  }
}

function keysIn(text = ''): readonly string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
}

/** The labels of the Application and its project that its Events have too; the Application's win. */
export function eventLabels(
  { include, exclude }: LabelKeys,
  ofApplication: Labels = {},
  ofProject: Labels = {},
): Labels {
  const isIn = (globs: readonly string[], key: string) => globs.some((glob) => globMatch(glob, key))
  return Object.fromEntries(
    Object.entries({ ...ofProject, ...ofApplication }).filter(
      ([key]) => isIn(include, key) && !isIn(exclude, key),
    ),
  )
}
