import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'

const histories = resolve(import.meta.dirname, '..', 'fixtures', 'histories')
const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))
const recorded = readdirSync(histories).flatMap((version) =>
  readdirSync(join(histories, version)).map((file) => join(version, file)),
)

describe('a worker of this version takes over runs of earlier ones', () => {
  it('has a recording of each path', () => {
    const paths = new Set(recorded.map((file) => file.replace(/^.*[/\\]/, '').replace('.json', '')))
    expect([...paths].sort()).toEqual(
      expect.arrayContaining([
        'confirmed',
        'create',
        'delete',
        'delete-with-hooks',
        'dry-run',
        'failing-hook',
        'heal',
        'hooks',
        'push',
        'repository',
        'retry',
        'superseded',
        'terminated',
        'waited',
      ]),
    )
  })

  it.each(recorded)('replays %s', async (file) => {
    const history = JSON.parse(readFileSync(join(histories, file), 'utf8'))
    await Worker.runReplayHistory({ workflowsPath }, history)
  })
})
