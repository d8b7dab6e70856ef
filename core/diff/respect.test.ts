import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { withoutPointer } from './pointer.ts'
import { withLiveValues } from './respect.ts'

const deployment = (spec: object): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec,
})
const written = (declared: Manifest, live: Manifest, pointers: readonly string[]) => {
  const without = (object: Manifest) => pointers.reduce(withoutPointer, object)
  return withLiveValues(
    { whole: declared, left: without(declared) },
    { whole: live, left: without(live) },
  )
}
const containers = (...list: readonly object[]) => ({ template: { spec: { containers: list } } })

describe('what is written of an object of which something is ignored (OPT-15)', () => {
  it('has the live value of a field that is ignored, and what is declared of all others', () => {
    const declared = deployment({ replicas: 1, paused: false })
    const live = deployment({ replicas: 5, paused: true, revisionHistoryLimit: 10 })
    expect(written(declared, live, ['/spec/replicas'])).toEqual(
      deployment({ replicas: 5, paused: false }),
    )
  })

  it('has no field that is ignored and not live, nor one that is ignored and not declared', () => {
    expect(written(deployment({ replicas: 1 }), deployment({}), ['/spec/replicas'])).toEqual(
      deployment({}),
    )
    expect(written(deployment({}), deployment({ replicas: 5 }), ['/spec/replicas'])).toEqual(
      deployment({}),
    )
  })

  it('finds the live element of a list by its name', () => {
    const declared = deployment(containers({ name: 'web', image: 'web:1', stdin: true }))
    const live = deployment(
      containers({ name: 'sidecar', image: 'proxy:1' }, { name: 'web', image: 'web:9' }),
    )
    const left = (object: Manifest, index: number) =>
      withoutPointer(object, `/spec/template/spec/containers/${index}/image`)
    expect(
      withLiveValues(
        { whole: declared, left: left(declared, 0) },
        { whole: live, left: left(live, 1) },
      ),
    ).toEqual(deployment(containers({ name: 'web', image: 'web:9', stdin: true })))
  })

  it('has the live element of a list in the place of one that is ignored', () => {
    const declared = deployment(containers({ name: 'web' }, { name: 'agent', image: 'agent:1' }))
    const live = deployment(containers({ name: 'web' }, { name: 'agent', image: 'agent:2' }))
    expect(written(declared, live, ['/spec/template/spec/containers/1'])).toEqual(
      deployment(containers({ name: 'web' }, { name: 'agent', image: 'agent:2' })),
    )
  })

  it('keeps ignored elements of a list that the server takes as one', () => {
    const resource = (list: readonly string[]): Manifest => ({
      apiVersion: 'example.com/v1',
      kind: 'List',
      metadata: { name: 'list' },
      spec: { items: list },
    })
    expect(written(resource(['a', 'b']), resource(['x', 'c']), ['/spec/items/0'])).toEqual(
      resource(['b', 'x']),
    )
  })
})
