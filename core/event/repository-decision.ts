import { type DecisionEvent, decisionEvent } from './decision.ts'

const shownApplications = 100

export type RepositorySeen = {
  readonly repository: string
  readonly at: number
  readonly events: readonly string[]
  readonly head: string
  readonly applications: number
  /** Those that are woken, with the reason. */
  readonly woken: readonly { readonly application: string; readonly reason: string }[]
  /** Looks whose commit is not to be seen yet. */
  readonly missing: number
}

/** What one look at a repository found; those that it left alone are a count. */
export function repositoryDecision(seen: RepositorySeen): DecisionEvent {
  const { repository, at, events, head, applications, woken, missing } = seen
  const named = woken.slice(0, shownApplications)
  return decisionEvent({
    ...{ step: 'observed', id: `${repository}-${at}`, source: `/repositories/${repository}` },
    ...{ at, events, revision: head },
    summary: [
      `${repository} is at ${head.slice(0, 7) || 'no commit'}`,
      ...(events.length > 1 ? [`${events.length} pushes folded into one look`] : []),
      `${woken.length} of ${applications} applications woken`,
      ...(missing > 0 ? ['the pushed commit is not to be seen yet and is looked for again'] : []),
    ].join('; '),
    facts: {
      ...{ repository, applications, unchanged: applications - woken.length, missing },
      woken: named.map(({ application, reason }) => `${application}: ${reason}`),
    },
  })
}
