import { afterAll, expect, it } from 'vitest'
import { type Customizations, noCustomizations } from '../core/customization.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { createHealthRules } from './health-rules.ts'
import { createLua } from './lua.ts'

const lua = createLua()
afterAll(() => lua.close())

const widget = (phase: string, metadata: object = {}): Manifest => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', ...metadata },
  status: { phase },
})
const withScript = (script: string): Customizations => ({
  ...noCustomizations,
  health: new Map([['example.com/Widget', { lua: script, openLibs: false }]]),
})
const phases = `return { status = obj.status.phase == 'Up' and 'Healthy' or 'Degraded', message = obj.status.phase }`

it('HEALTH-21: tells what the script says, once it has looked', async () => {
  const rules = createHealthRules({ customizations: () => withScript(phases), lua })
  const [up, down] = [widget('Up'), widget('Down')]
  expect(rules.assess(up)?.status).toBe('Progressing')
  await rules.ready([up, down])
  expect(rules.assess(up)).toEqual({ status: 'Healthy', message: 'Up' })
  expect(rules.assess(down)).toEqual({ status: 'Degraded', message: 'Down' })
})

it('HEALTH-04: an object that is being deleted is not asked about', async () => {
  const rules = createHealthRules({ customizations: () => withScript(phases), lua })
  const gone = widget('Up', { deletionTimestamp: '2026-01-01T00:00:00Z' })
  await rules.ready([gone])
  expect(rules.assess(gone)).toEqual({ status: 'Progressing', message: 'Pending deletion' })
})

it('HEALTH-21: another script is another verdict; without one our own rules hold', async () => {
  let settings = withScript(phases)
  const rules = createHealthRules({ customizations: () => settings, lua })
  const object = widget('Up')
  await rules.ready([object])
  settings = withScript('return { status = "Suspended" }')
  expect(rules.assess(object)?.status).toBe('Progressing')
  await rules.ready([object])
  expect(rules.assess(object)).toEqual({ status: 'Suspended' })
  settings = noCustomizations
  expect(rules.assess(object)).toBeUndefined()
})

it('H2: a script that fails or does not end makes its objects Unknown, and no others', async () => {
  let settings = withScript('return obj.spec.size')
  const rules = createHealthRules({ customizations: () => settings, lua })
  const [failing, endless] = [widget('Up'), widget('Up')]
  await rules.ready([failing])
  expect(rules.assess(failing)).toMatchObject({
    status: 'Unknown',
    message: expect.stringContaining('the health script failed'),
  })
  settings = withScript('while true do end')
  await rules.ready([endless])
  expect(rules.assess(endless)).toMatchObject({ message: expect.stringContaining('timed out') })
})
