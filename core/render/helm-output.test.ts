import { describe, expect, it } from 'vitest'
import { readHelmOutput } from './helm-output.ts'

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`
const output = `---
# Source: web/crds/a.yaml
${map('a')}
---
# Source: web/templates/b.yaml
${map('b')}data:
  text: |
    ---
    # Source: web/templates/other.yaml
---
# Source: web/charts/sub/templates/c.yaml
${map('c')}`

describe('what helm wrote', () => {
  it('is objects with the templates that they come from', () => {
    const found = readHelmOutput(output, 'apps/web')
    expect(found.map(({ manifest, file }) => [manifest.metadata.name, file])).toEqual([
      ['a', 'apps/web/crds/a.yaml'],
      ['b', 'apps/web/templates/b.yaml'],
      ['c', 'apps/web/charts/sub/templates/c.yaml'],
    ])
    expect(readHelmOutput(output, '.')[0]?.file).toBe('crds/a.yaml')
    expect(readHelmOutput('', '.')).toEqual([])
  })

  it('is told by template and line where it is no object', () => {
    const nameless = '---\n# Source: web/templates/b.yaml\n\napiVersion: v1\nkind: Pod\n'
    expect(() => readHelmOutput(nameless, 'web')).toThrow(
      /^web\/templates\/b\.yaml:\d+: Pod: metadata\.name is missing/,
    )
    expect(() => readHelmOutput('a: [', 'web')).toThrow(/^helm of web:1: /)
  })
})
