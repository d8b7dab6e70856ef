import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
let planted = ''

afterEach(() => rmSync(planted, { force: true }))

/** Plants a file, and gives what the rule checker says of it. */
function cruise(file: string, text: string): string {
  planted = join(root, file)
  writeFileSync(planted, text)
  const bin = join(root, 'node_modules', '.bin', 'depcruise')
  const result = spawnSync(process.execPath, [bin, '--output-type', 'err', file], {
    cwd: root,
    encoding: 'utf8',
  })
  return result.stdout
}

describe('the rooms are closed', () => {
  it('core may not read files', () => {
    expect(cruise('core/planted.ts', "import 'node:fs'\n")).toContain('core-is-pure')
  })

  it('activities may not load a client', () => {
    const said = cruise(
      'activities/planted.ts',
      "import { createGit } from '../clients/git.ts'\ncreateGit\n",
    )
    expect(said).toContain('takes-only-types-from-clients')
  })

  it('workflows may not load an activity', () => {
    const said = cruise(
      'workflows/planted.ts',
      "import { createActivities } from '../activities/index.ts'\ncreateActivities\n",
    )
    expect(said).toContain('workflows-takes-only-types-from-activities')
  })

  it('the API may not reach into workflows past their contract', () => {
    const said = cruise(
      'api/planted.ts',
      "import { application } from '../workflows/application.ts'\napplication\n",
    )
    expect(said).toContain('workflows-are-reached-by-contract')
  })
})
