import { expect, it } from 'vitest'
import { withoutValues } from './without-values.ts'

it('leaves no value of the source in what a renderer says', () => {
  const source = {
    helm: {
      values: 'password: hunter2-secret\n',
      valuesObject: { deep: { token: 'abcdef123' } },
      parameters: [{ name: 'database.password', value: 'swordfish' }],
    },
  }
  const told = withoutValues(
    'templates/a.yaml:3: database.password must not be swordfish, hunter2-secret or abcdef123',
    source,
  )
  expect(told).toBe('templates/a.yaml:3: database.password must not be ***, *** or ***')
})

it('leaves out literals and configurations that kustomize shows', () => {
  expect(withoutValues('literal sources [password=x y]: bad', {})).toBe(
    'literal sources [***]: bad',
  )
  expect(withoutValues('trouble configuring builtin with config: `\npassword: x\n`: bad', {})).toBe(
    'trouble configuring builtin',
  )
})
