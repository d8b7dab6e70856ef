import { expect, test } from 'vitest'
import { chosenTool, foundTool, kustomizationIn } from './tool.ts'

test.each([
  [['Chart.yaml', 'kustomization.yaml'], 'Helm'],
  [['kustomization.yaml'], 'Kustomize'],
  [['kustomization.yml'], 'Kustomize'],
  [['Kustomization'], 'Kustomize'],
  [['chart.yaml', 'kustomization.json', 'a.jsonnet'], 'Directory'],
  [[], 'Directory'],
])('a folder with %j is rendered by %s (SRC-10)', (names, tool) => {
  expect(foundTool(names)).toBe(tool)
})

test.each([
  [{}, undefined],
  [{ helm: {}, kustomize: {} }, undefined],
  [{ helm: { releaseName: 'a' } }, 'Helm'],
  [{ kustomize: { namePrefix: 'a' } }, 'Kustomize'],
  [{ directory: { recurse: false } }, 'Directory'],
  [{ plugin: { name: 'a' } }, 'Plugin'],
])('a source with %j chooses %s, and an empty block nothing (SRC-10)', (source, tool) => {
  expect(chosenTool(source)).toBe(tool)
})

test('of several kustomizations the first name counts, as for kustomize (SRC-10)', () => {
  expect(kustomizationIn(['Kustomization', 'kustomization.yml'])).toBe('kustomization.yml')
})
