import { describe, expect, it } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import type { ApplicationView } from '../client/application-view.ts'
import { type Awaited, isReached } from './app-wait.ts'

type Facts = {
  readonly sync?: 'Synced' | 'OutOfSync'
  readonly health?: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended'
  readonly phase?: 'Running' | 'Succeeded'
  readonly operation?: object
}
const application = ({ sync, health, phase, ...more }: Facts): ApplicationView => {
  const status = {
    ...(sync !== undefined && { sync: { status: sync } }),
    ...(health !== undefined && { health: { status: health } }),
    ...(phase !== undefined && {
      operationState: { phase, ...(phase === 'Succeeded' && { finishedAt: 'now' }) },
    }),
  }
  return { metadata: { name: 'shop' }, spec: {}, status: status as ApplicationStatus, ...more }
}
const well: Facts = { sync: 'Synced', health: 'Healthy', phase: 'Succeeded' }

describe('what app wait waits for (CLI-02)', () => {
  it.each<[string, Facts, Awaited, boolean]>([
    ['all is well', well, {}, true],
    ['not synced yet', { ...well, sync: 'OutOfSync' }, {}, false],
    ['not healthy yet', { ...well, health: 'Progressing' }, {}, false],
    ['an operation runs', { ...well, phase: 'Running' }, {}, false],
    ['an operation is asked for', { ...well, operation: {} }, {}, false],
    ['nothing is known yet', {}, {}, false],
    ['only sync is asked for', { sync: 'Synced', health: 'Degraded' }, { sync: true }, true],
    ['only health is asked for', { sync: 'OutOfSync', health: 'Healthy' }, { health: true }, true],
    ['either health will do', { health: 'Suspended' }, { health: true, suspended: true }, true],
    ['another health will not do', { health: 'Degraded' }, { suspended: true }, false],
    ['it should be gone', well, { delete: true }, false],
  ])('%s', (_, facts, awaited, expected) => {
    expect(isReached(application(facts), awaited)).toBe(expected)
  })
})
