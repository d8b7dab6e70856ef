import { describe, expect, it } from 'vitest'
import type { Application } from '../application.ts'
import type { GitPush } from './event.ts'
import { type ExplainedStep, explainedStep } from './explained.ts'
import { meaningFor } from './why.ts'

const push: GitPush = {
  ...{ specversion: '1.0', id: 'e', source: 'https://git.example.com/team/demo.git' },
  type: 'dev.driftless.git.push',
  data: {
    repositories: ['https://git.example.com/team/demo.git', 'git@git.example.com:team/demo.git'],
    ...{ ref: 'refs/heads/main', before: '0', after: 'abcdef0123', changedPaths: ['a/x.yaml'] },
    ...{ pathsCut: false, bodyDigest: 'd', pusher: 'kim', message: 'fix probe\n\nlong' },
  },
}
const application = (repoURL: string, path = 'b') =>
  ({ metadata: {}, spec: { source: { repoURL, path } } }) as unknown as Application
const step = (name: string, more: Partial<ExplainedStep> = {}): ExplainedStep => ({
  ...{ id: name, at: 1, step: name, events: ['e'], summary: `${name}!` },
  ...more,
})
const received = explainedStep(push, 5)
const meaning = (
  steps: readonly ExplainedStep[],
  repoURL = 'ssh://git@git.example.com/team/demo',
) => meaningFor('argocd/shop', application(repoURL), steps)

it('a push is one line with commit, subject and who pushed', () => {
  expect(received).toMatchObject({ step: 'received', at: 5, events: ['e'] })
  expect(received.summary).toBe(
    'push to refs/heads/main of https://git.example.com/team/demo.git: abcdef0 "fix probe" by kim',
  )
})

describe('what an event meant for one application', () => {
  it('is the decision where there is one', () => {
    const decided = step('decided', { application: 'argocd/shop' })
    expect(meaning([received, decided])).toEqual({
      ...{ application: 'argocd/shop', matched: true, reason: 'decided!' },
    })
    const other = step('decided', { application: 'argocd/other' })
    expect(meaning([received, other]).matched).toBe(false)
  })

  it('is nothing for another repository, whatever form its address has', () => {
    expect(meaning([received], 'https://git.example.com/team/other').reason).toBe(
      'it deploys from git.example.com/team/other, the push is to git.example.com/team/demo',
    )
    expect(meaning([received]).reason).toBe('the repository was not looked at yet')
  })

  it('is nothing when what it renders from stayed, with what the look saw', () => {
    expect(meaning([received, step('observed')]).reason).toBe(
      'nothing of what it renders from (b at HEAD) had changed when the repository was looked at: observed!',
    )
  })

  it('is nothing for what nobody listens to, and unknown when the event is gone', () => {
    const { type: _, ...rest } = push
    const other = explainedStep({ ...rest, type: 'com.example.thing' }, 1)
    expect(meaning([other]).reason).toBe('nothing listens to com.example.thing')
    expect(meaning([step('observed')]).reason).toBe('the event itself is not known any more')
  })
})
