import { describe, expect, it } from 'vitest'
import { withOptions } from './kustomization.ts'

const edit = (kustomization: object, options: object) =>
  withOptions(kustomization as never, options as never, (path) => path !== 'missing')

describe('the options of a kustomization', () => {
  it('sets prefix, suffix and namespace (KUST-01, KUST-07)', () => {
    const options = { namePrefix: 'a-', nameSuffix: '-z', namespace: 'shop' }
    expect(edit({ namePrefix: 'old-', resources: ['x'] }, options)).toEqual({
      ...options,
      resources: ['x'],
    })
  })

  it.each([
    ['nginx:1.2', { name: 'nginx', newTag: '1.2' }],
    ['old=registry:5000/new:1.2', { name: 'old', newName: 'registry:5000/new', newTag: '1.2' }],
    ['nginx@sha256:ab', { name: 'nginx', digest: 'sha256:ab' }],
    ['a=b', { name: 'a', newName: 'b' }],
  ])('reads the image %s (KUST-02)', (text, image) => {
    expect(edit({}, { images: [text] })).toEqual({ images: [image] })
  })

  it('replaces images and replicas of the same name and keeps the others (KUST-02, KUST-03)', () => {
    const before = {
      images: [
        { name: 'a', newTag: '1' },
        { name: 'b', newTag: '1' },
      ],
    }
    expect(edit(before, { images: ['a:2'], replicas: [{ name: 'web', count: '3' }] })).toEqual({
      images: [
        { name: 'b', newTag: '1' },
        { name: 'a', newTag: '2' },
      ],
      replicas: [{ name: 'web', count: 3 }],
    })
  })

  it('keeps what the kustomization says of an image where a star stands for it (KUST-02)', () => {
    const images = [{ name: 'a', newName: 'hub/a', newTag: 'v1' }]
    const imagesOf = (text: string) =>
      withOptions({ images }, { images: [text] }, () => true).images
    expect(imagesOf('a=*:v2')).toEqual([{ name: 'a', newName: 'hub/a', newTag: 'v2' }])
    expect(imagesOf('a=other:*')).toEqual([{ name: 'a', newName: 'other', newTag: 'v1' }])
    expect(imagesOf('b=*:v2')).toEqual([...images, { name: 'b', newTag: 'v2' }])
  })

  it('adds labels with or without selectors, and overwrites only by force (KUST-04, KUST-05)', () => {
    const commonLabels = { team: 'b' }
    expect(edit({}, { commonLabels })).toEqual({
      labels: [{ pairs: commonLabels, includeSelectors: true }],
    })
    const loose = { commonLabels, labelWithoutSelector: true, labelIncludeTemplates: true }
    expect(edit({}, loose)).toEqual({
      labels: [{ pairs: commonLabels, includeSelectors: false, includeTemplates: true }],
    })
    const before = { commonLabels: { team: 'a', tier: 'web' } }
    expect(() => edit(before, { commonLabels })).toThrow('set forceCommonLabels')
    expect(edit(before, { commonLabels, forceCommonLabels: true })).toMatchObject({
      commonLabels: { tier: 'web' },
    })
  })

  it('leaves out components that may be missing (KUST-09)', () => {
    const components = ['there', 'missing']
    expect(edit({}, { components, ignoreMissingComponents: true })).toEqual({
      components: ['there'],
    })
    expect(edit({}, { components })).toEqual({ components })
  })
})
