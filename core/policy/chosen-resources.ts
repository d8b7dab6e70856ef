/** A rule of `app sync --resource`: `*` stands for any group, kind, name or namespace. */
export type ResourceRule = {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  /** Whether what it names is left out. */
  readonly exclude: boolean
}

type Resource = Omit<ResourceRule, 'exclude'>

/** Whether a rule can stand for more than one object, so that somebody has to look which there are. */
export function isPattern({ group, kind, name, namespace, exclude }: ResourceRule): boolean {
  return exclude || [group, kind, name, namespace].includes('*')
}

/** Whether the rules choose an object: one of those that include, if there are any, and none that excludes. */
export function isChosen(rules: readonly ResourceRule[], resource: Resource): boolean {
  const includes = rules.filter(({ exclude }) => !exclude)
  const isNamed = (rule: ResourceRule) => names(rule, resource)
  if (includes.length > 0 && !includes.some(isNamed)) return false
  return !rules.some((rule) => rule.exclude && isNamed(rule))
}

function names(rule: ResourceRule, { group, kind, name, namespace = '' }: Resource): boolean {
  const fits = (wanted: string, found: string) => wanted === '*' || wanted === found
  return (
    fits(rule.group, group) &&
    fits(rule.kind, kind) &&
    fits(rule.name, name) &&
    fits(rule.namespace || '*', namespace)
  )
}
