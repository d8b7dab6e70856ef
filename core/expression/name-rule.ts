import { globMatch } from '../glob.ts'
import { expressionMatches, expressionProblem } from './match.ts'

/** Whether one of the rules speaks of a name: a glob, or a regular expression between slashes (PROJ-03). */
export function isNamedBy(rules: readonly string[], name: string): boolean {
  return rules.some((rule) => {
    const expression = expressionIn(rule)
    return (
      globMatch(rule, name) || (expression !== undefined && expressionMatches(expression, name))
    )
  })
}

/** Why a rule speaks of nothing; undefined for one that can be read. */
export function nameRuleProblem(rule: string): string | undefined {
  const expression = expressionIn(rule)
  return expression === undefined ? undefined : expressionProblem(expression)
}

function expressionIn(rule: string): string | undefined {
  return /^\/(.+)\/$/s.exec(rule)?.[1]
}
