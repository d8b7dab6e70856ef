import { expect, it } from 'vitest'
import { isControlClusterAddress } from './control-cluster.ts'

it.each([
  ['https://kubernetes.default.svc', true],
  ['https://kubernetes.default.svc:443/', true],
  ['https://127.0.0.1:6443/', true],
  ['https://127.0.0.1:6444', false],
  ['https://kubernetes.default.svc.evil.example', false],
])('the control cluster: %s is %s', (server, expected) => {
  expect(isControlClusterAddress(server, ['https://127.0.0.1:6443'])).toBe(expected)
})
