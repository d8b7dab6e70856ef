import type { Destination } from '../../../core/application.ts'
import { isNamedBy } from '../../../core/expression/name-rule.ts'
import { globMatch } from '../../../core/glob.ts'
import { projectProblems } from '../../../core/project/problems.ts'
import type { ProjectDestination } from '../../../core/project/schema.ts'
import {
  type AppProjectSpec,
  permitsDestination,
  permitsKind,
  permitsSource,
  type ResourceIdentity,
  ruleMatches,
} from '../../../core/project.ts'
import { feed } from '../corpus.ts'

type Permitted = {
  readonly test?: string
  readonly project: AppProjectSpec & { readonly projectClusters?: readonly ProjectDestination[] }
  readonly app?: { readonly repoURL?: string; readonly destination?: Destination }
  readonly resource?: ResourceIdentity
  readonly input?: Readonly<Record<string, unknown>>
  readonly expected: Readonly<Record<string, unknown>>
}

/** What an AppProject permits, and the globs in which it says so. */
export const permitted = feed<Permitted>(
  ({ test, project: given, app, resource, input = {}, expected }) => {
    const project = withoutNulls(given)
    const wants = expected.permitted
    if (app?.repoURL !== undefined)
      return { expected: wants, got: permitsSource(project, app.repoURL) }
    if (app?.destination !== undefined) {
      const got = permitsDestination(project, app.destination, project.projectClusters)
      return { expected: wants, got }
    }
    if (resource !== undefined) return { expected: wants, got: permitsKind(project, resource) }
    const { pattern, val, input: text, allowNegation, list, patternMatch, separators } = input
    const separator = String([separators ?? ''].flat()[0] ?? '')
    if (test === 'Test_MatchList' && patternMatch !== 'EXACT') {
      const speaksOf = patternMatch === 'GLOB' ? anyGlob : isNamedBy
      return {
        expected: expected.result,
        got: speaksOf((list ?? []) as readonly string[], String(text)),
      }
    }
    if (test === 'TestGlobMatch') {
      const match = allowNegation === true ? ruleMatches : globMatch
      return { expected: expected.expected, got: match(String(pattern), String(val), separator) }
    }
    if (test === 'TestAppProject_ValidateDestinationServiceAccount') {
      const problems = projectProblems({ destinationServiceAccounts: [input] })
      return { expected: Boolean(expected.expectedErrMsg), got: problems.length > 0 }
    }
    if (test === 'Test_Match') {
      return { expected: expected.result, got: globMatch(String(pattern), String(text), separator) }
    }
    return undefined
  },
)

const anyGlob = (list: readonly string[], text: string) =>
  list.some((glob) => globMatch(glob, text))

/** A field that is null has its zero value, as one that is left out. */
function withoutNulls<T extends object>(fields: T | undefined): T {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== null)) as T
}
