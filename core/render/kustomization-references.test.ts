import { describe, expect, it } from 'vitest'
import { RenderError } from '../errors.ts'
import { readKustomization } from './kustomization-fields.ts'
import { referencesOf } from './kustomization-references.ts'

const refused = (kustomization: object) => () => referencesOf({ ...kustomization }, 'k.yaml')

describe('what a kustomization reads', () => {
  it('is found in every field that names a place or a file', () => {
    const kustomization = {
      resources: ['a.yaml', '../base'],
      components: ['c'],
      patches: [{ path: 'p.yaml' }, { patch: 'inline: true\n' }],
      configMapGenerator: [{ name: 'g', files: ['key=f.txt', 'g.txt'], envs: ['e.env'] }],
      patchesStrategicMerge: ['s.yaml', 'kind: Inline\n'],
    }
    expect(referencesOf(kustomization, 'k.yaml')).toEqual({
      places: ['a.yaml', '../base', 'c'],
      files: ['s.yaml', 'p.yaml', 'f.txt', 'g.txt', 'e.env'],
      remote: [],
    })
  })

  it('is kept apart where it is the address of a folder, with its line (KUST-13)', () => {
    const text = 'resources:\n  - a.yaml\n  - https://example.com/a/b?ref=main\n'
    const resources = ['a.yaml', 'https://example.com/a/b?ref=main']
    expect(referencesOf({ resources, bases: ['git@example.com:a/b'] }, 'k.yaml', text)).toEqual({
      places: ['a.yaml'],
      files: [],
      remote: [
        { reference: 'https://example.com/a/b?ref=main', place: 'k.yaml:3' },
        { reference: 'git@example.com:a/b', place: 'k.yaml' },
      ],
    })
  })

  it.each([
    ['a generated file', { configMapGenerator: [{ files: ['a=http://127.0.0.1/x'] }] }],
    ['a patch', { patches: [{ path: 'http://example.com/p.yaml' }] }],
  ])('refuses an address of %s (KUST-13, H3)', (_, kustomization) => {
    expect(refused(kustomization)).toThrow(RenderError)
  })

  it.each([
    ['openapi', { openapi: { path: 'http://example.com' } }],
    ['generators', { generators: ['g.yaml'] }],
    ['transformers', { transformers: ['t.yaml'] }],
    ['helmCharts', { helmCharts: [] }],
    ['configmapGenerator', { configmapGenerator: [{ files: ['a'] }] }],
    ['Files', { configMapGenerator: [{ Files: ['http://example.com'] }] }],
  ])('lets the field %s not through', (name, kustomization) => {
    expect(refused(kustomization)).toThrow(`the field ${name} is not let through`)
  })

  it('is found whatever the case of the names, which kustomize does not look at (KUST-13)', () => {
    const text = 'RESOURCES: [base]\nconfigmapgenerator: [{NAME: g, Files: [f.txt]}]\n'
    const kustomization = readKustomization(text, 'k.yaml')
    expect(referencesOf(kustomization, 'k.yaml')).toEqual({
      places: ['base'],
      files: ['f.txt'],
      remote: [],
    })
  })

  it('never stands in two spellings of one name', () => {
    const twice = () => readKustomization('nameprefix: a-\nnamePrefix: b-\n', 'k.yaml')
    expect(twice).toThrow('k.yaml: the field namePrefix stands there twice')
  })
})
