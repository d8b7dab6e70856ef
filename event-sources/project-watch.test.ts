import { expect, it } from 'vitest'
import { createProjects } from '../clients/projects.ts'
import { readApplication } from '../core/application.ts'
import type { ApplicationRef, Wake } from '../core/flow.ts'
import { applicationObject } from '../test/fixtures/application.ts'
import { startProjectWatch } from './project-watch.ts'

const project = (spec: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default' },
  spec,
})
const stored = (name: string, inProject: string) => {
  const object = applicationObject({ metadata: { name, uid: name } })
  const spec = { ...(object.spec as object), project: inProject }
  const ref = { namespace: 'argocd', name, uid: name }
  const whole = { ...object, spec }
  return {
    ...readApplication(whole),
    ...{ object: whole, ref, label: '', specDigest: '', observed: '' },
  }
}

it('the Applications of a project are looked at again when it changes, and no others', async () => {
  const projects = createProjects()
  const woken = new Map<string, Wake['reason']>()
  const done = Promise.withResolvers<void>()
  startProjectWatch({
    applications: {
      all: () => [stored('mine', 'default'), stored('other', 'shop'), stored('unnamed', '')],
      subscribeProjects: projects.subscribe,
    },
    wake: async ({ name }: ApplicationRef, { reason }: Wake) => {
      woken.set(name, reason)
      if (woken.size === 2) done.resolve()
    },
    now: () => 0,
    onError: done.reject,
  })
  projects.put(project({ sourceRepos: ['*'] }))
  await done.promise
  expect([...woken]).toEqual([
    ['mine', 'spec'],
    ['unnamed', 'spec'],
  ])
})
