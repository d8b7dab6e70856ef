import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('without options: the demo, port 8080, state in the checkout, kept, with fsync', () => {
  expect(parseOptions([], '/checkout')).toEqual({
    demo: true,
    fresh: false,
    driftless: true,
    port: 8080,
    data: '/checkout/.driftless',
    etcdFsync: true,
    adoptCrds: false,
    help: false,
  })
})

test('every option is understood', () => {
  const args = ['--no-demo', '--fresh', '--port', '9000', '--data', '/tmp/x', '--adopt-crds']
  expect(parseOptions([...args, '--etcd-no-fsync'], '/checkout')).toMatchObject({
    ...{ demo: false, fresh: true, port: 9000, data: '/tmp/x', adoptCrds: true, etcdFsync: false },
  })
})

test('without Driftless there is no demo', () => {
  expect(parseOptions(['--stack-only'], '/')).toMatchObject({ driftless: false, demo: false })
})

test.each([
  { args: ['--port', 'http'], message: '--port http: not a port number' },
  { args: ['--port', '70000'], message: '--port 70000: not a port number' },
  { args: ['--frish'], message: "Unknown option '--frish'" },
])('a mistake is explained with the usage: $args', ({ args, message }) => {
  expect(() => parseOptions(args, '/')).toThrow(message)
  expect(() => parseOptions(args, '/')).toThrow('npm start -- [options]')
})
