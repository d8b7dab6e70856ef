import { expect, it } from 'vitest'
import type { ApplicationChange, StoredApplication } from '../clients/applications.ts'
import { createProjects } from '../clients/projects.ts'
import { readApplication } from '../core/application.ts'
import { ConflictError } from '../core/errors.ts'
import { applicationObject } from '../test/fixtures/application.ts'
import { startProjectRelease } from './project-release.ts'

const finalizer = 'resources-finalizer.argocd.argoproj.io'
const project = (name: string, metadata: object = {}) => ({
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', spec: {} },
  metadata: { name, uid: name, resourceVersion: '7', ...metadata },
})
const going = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['mine/own', finalizer] }
function inProject(name: string): StoredApplication {
  const object = applicationObject({ metadata: { name, uid: name } })
  const whole = { ...object, spec: { ...(object.spec as object), project: name } }
  const ref = { namespace: 'argocd', name, uid: name }
  return {
    ...readApplication(whole),
    ...{ object: whole, ref, label: '', specDigest: '', observed: '' },
  }
}

it('PROJ-19: a project that goes is released when its last Application is gone, and no other is', async () => {
  const projects = createProjects()
  const listeners: ((change: ApplicationChange) => void)[] = []
  let all = [inProject('used')]
  const released: unknown[] = []
  for (const name of ['used', 'free']) projects.put(project(name, going))
  projects.put(project('stays', { finalizers: [finalizer] }))
  startProjectRelease({
    applications: {
      ...{ all: () => all, project: projects.get, projects: projects.all },
      subscribe: (listener) => listeners.push(listener),
      subscribeProjects: projects.subscribe,
      async patchProject(name, body) {
        released.push([name, body])
        // as another worker was faster
        throw new ConflictError('the project was changed')
      },
    },
    onError: (error) => released.push(error),
  })
  const body = (uid: string) => ({
    metadata: { uid, resourceVersion: '7', finalizers: ['mine/own'] },
  })
  expect(released).toEqual([['free', body('free')]])
  projects.remove(project('free'))
  all = []
  for (const listener of listeners) {
    listener({ ref: inProject('used').ref, application: undefined })
  }
  await Promise.resolve()
  expect(released.slice(1)).toEqual([['used', body('used')]])
})
