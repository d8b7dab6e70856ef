import { expect, inject, it } from 'vitest'
import { send } from '../harness/api.ts'

it('the password that a local start shows logs in', async () => {
  const { api, adminPassword } = inject('endpoints')
  const credentials = { username: 'admin', password: adminPassword }
  const { status } = await send(api, 'POST', '/api/v1/session', credentials)
  expect(status).toBe(200)
})
