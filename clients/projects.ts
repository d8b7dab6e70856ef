import { digestOf } from '../core/digest.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import {
  type GlobalProject,
  globalsOf,
  readGlobalProjects,
  withGlobals,
} from '../core/project/global.ts'

/** The AppProjects of the control namespace, as a watch tells of them. */
export type Projects = {
  /** With what its global projects say (PROJ-15). */
  get(name: string): Manifest | undefined
  all(): readonly Manifest[]
  put(project: Manifest): void
  remove(project: Manifest): void
  /** Takes out what is not in a whole list. */
  listed(projects: readonly Manifest[]): void
  /** Called with the name of one that came, went, is about to go, or says something else. */
  subscribe(listener: (name: string) => void): void
}

export type GlobalsOptions = {
  /** The setting that names the global projects, now. */
  readonly setting: () => string | undefined
  readonly onError: (error: unknown) => void
}

const noGlobals: GlobalsOptions = { setting: () => undefined, onError: () => undefined }

export function createProjects(options = noGlobals): Projects {
  const globals = createGlobals(options)
  const whole = (project: Manifest): Manifest => {
    const names = globals.of(project)
    return names.length === 0
      ? project
      : withGlobals(
          project,
          names.flatMap((name) => byName.get(name) ?? []),
        )
  }
  const byName = new Map<string, Manifest>()
  const listeners: ((name: string) => void)[] = []
  const tell = (name: string): void => {
    const others = [...byName.values()].filter((project) => globals.of(project).includes(name))
    for (const listener of listeners) {
      for (const changed of [name, ...others.map(nameOf)]) listener(changed)
    }
  }
  const drop = (name: string): void => {
    if (byName.delete(name)) tell(name)
  }
  return {
    get(name) {
      const found = byName.get(name)
      return found && whole(found)
    },
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

/** Reads the setting anew when it is another one; one that cannot be read is told, and those of before hold. */
function createGlobals({ setting, onError }: GlobalsOptions) {
  let text = ''
  let rules: readonly GlobalProject[] = []
  return {
    of(project: Manifest): readonly string[] {
      const now = setting() ?? ''
      if (now !== text) {
        text = now
        try {
          rules = readGlobalProjects(now)
        } catch (error) {
          onError(error)
        }
      }
      return globalsOf(rules, project)
    },
  }
}

function nameOf({ metadata }: Manifest): string {
  return metadata.name ?? ''
}

/** What is written beside the spec, such as tokens that were issued, changes nothing for Applications. */
function saysTheSame(a: Manifest, b: Manifest): boolean {
  const isGoing = ({ metadata }: Manifest) => metadata.deletionTimestamp !== undefined
  const said = ({ spec, metadata }: Manifest) => digestOf([spec ?? null, metadata.labels ?? null])
  return isGoing(a) === isGoing(b) && said(a) === said(b)
}
