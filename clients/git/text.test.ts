import { expect, it } from 'vitest'
import { textOf } from './text.ts'

const text = 'kind: ConfigMap # ä\n'
const little = Buffer.from(`\uFEFF${text}`, 'utf16le')

it.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
  ['UTF-16, little end first', little],
  ['UTF-16, big end first', Buffer.from(little).swap16()],
])('a file in %s is read', (_, body) => {
  expect(textOf(body)).toBe(text)
})
