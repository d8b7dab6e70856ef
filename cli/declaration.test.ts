import { expect, it } from 'vitest'
import { createDeclaration } from './declaration.ts'

const stage = { secret: 'stage', name: 'stage', server: 'https://stage', problems: [] }
const declared = (bearerToken: string) => ({ ...stage, access: { bearerToken } })

/** Whether something is to be taken, as far as it is known by now. */
async function isChanged(changed: Promise<void>): Promise<boolean> {
  return await Promise.race([changed.then(() => true), Promise.resolve(false)])
}

it('tells of other credentials, of none and of a wish to begin anew, also when they came before the question', async () => {
  const declaration = createDeclaration(declared('one'))
  declaration.set(declared('one'))
  expect(await isChanged(declaration.changed())).toBe(false)
  const asked = declaration.changed()
  declaration.set(declared('two'))
  await asked
  await declaration.changed()
  expect(declaration.take()).toEqual(declared('two'))
  expect(await isChanged(declaration.changed())).toBe(false)
  declaration.renew()
  await declaration.changed()
  declaration.take()
  declaration.set(undefined)
  await declaration.changed()
  expect(declaration.take()).toBeUndefined()
})
