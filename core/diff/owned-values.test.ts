import { expect, it } from 'vitest'
import { ownedValues } from './owned-values.ts'

it('gives what a set of fields names of a live object, as it was declared', () => {
  const live = {
    metadata: { labels: { a: '1', theirs: '2' }, finalizers: ['x', 'theirs'] },
    spec: {
      replicas: 3,
      empty: {},
      containers: [
        { name: 'side', image: 's:1' },
        { name: 'c', image: 'web:1', pulls: 'always', args: ['a', 'b'] },
      ],
    },
  }
  const fields = {
    'f:metadata': { 'f:labels': { 'f:a': {} }, 'f:finalizers': { 'v:"x"': {}, 'v:"gone"': {} } },
    'f:spec': {
      'f:empty': { '.': {} },
      'f:gone': {},
      'f:containers': {
        'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:image': {}, 'f:args': {} },
      },
    },
  }
  expect(ownedValues(live, fields)).toEqual({
    metadata: { labels: { a: '1' }, finalizers: ['x'] },
    spec: { empty: {}, containers: [{ name: 'c', image: 'web:1', args: ['a', 'b'] }] },
  })
})
