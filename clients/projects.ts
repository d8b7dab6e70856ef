import { digestOf } from '../core/digest.ts'
import type { Manifest } from '../core/manifest/manifest.ts'

/** The AppProjects of the control namespace, as a watch tells of them. */
export type Projects = {
  get(name: string): Manifest | undefined
  all(): readonly Manifest[]
  put(project: Manifest): void
  remove(project: Manifest): void
  /** Takes out what is not in a whole list. */
  listed(projects: readonly Manifest[]): void
  /** Called with the name of one that came, went, is about to go, or says something else. */
  subscribe(listener: (name: string) => void): void
}

export function createProjects(): Projects {
  const byName = new Map<string, Manifest>()
  const listeners: ((name: string) => void)[] = []
  const tell = (name: string): void => {
    for (const listener of listeners) listener(name)
  }
  const drop = (name: string): void => {
    if (byName.delete(name)) tell(name)
  }
  return {
    get: (name) => byName.get(name),
    all: () => [...byName.values()],
    put(project) {
      const name = nameOf(project)
      const before = byName.get(name)
      byName.set(name, project)
      if (before === undefined || !saysTheSame(before, project)) tell(name)
    },
    remove: (project) => drop(nameOf(project)),
    listed(projects) {
      const present = new Set(projects.map(nameOf))
      for (const name of [...byName.keys()]) if (!present.has(name)) drop(name)
    },
    subscribe: (listener) => {
      listeners.push(listener)
    },
  }
}

function nameOf({ metadata }: Manifest): string {
  return metadata.name ?? ''
}

/** What is written beside the spec, such as tokens that were issued, changes nothing for Applications. */
function saysTheSame(a: Manifest, b: Manifest): boolean {
  const isGoing = ({ metadata }: Manifest) => metadata.deletionTimestamp !== undefined
  return isGoing(a) === isGoing(b) && digestOf(a.spec ?? null) === digestOf(b.spec ?? null)
}
