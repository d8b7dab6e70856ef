import { posix } from 'node:path'
import { type Application, sourcesOf } from '../../../core/application.ts'
import { repositoryKey } from '../../../core/event/repository-key.ts'
import { type Feed, feed } from '../corpus.ts'
import type { Renderer } from '../renderer.ts'
import type { Scratch } from '../scratch.ts'

type Refresh = {
  readonly app: Application
  readonly changed_file: string
  readonly push: { readonly repo: string; readonly ref: string; readonly default_branch: string }
  readonly expected: { readonly refresh: boolean }
}

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n'

/** Whether a push that changes one file changes what the application is made from. */
export function appRefresh({ renderer, scratch }: { renderer: Renderer; scratch: Scratch }): Feed {
  return feed<Refresh>(async ({ app, changed_file: file, push, expected }) => {
    if (app.spec.sourceHydrator !== undefined) return undefined
    const declared = sourcesOf(app)
    const files = declared.map(({ path = '.' }) => [posix.join(path, 'app.yaml'), manifest])
    const [pushed, other] = [await repository(), await repository()]
    const branch = push.ref.replace(/^refs\/heads\//, '')
    // the default branch is main here, whatever it is called there
    const nameOf = (name: string) => (name === push.default_branch ? 'main' : name)
    const sources = declared.map(({ targetRevision = 'HEAD', ...source }) => ({
      ...source,
      repoURL: repositoryKey(source.repoURL) === repositoryKey(push.repo) ? pushed : other,
      targetRevision: nameOf(targetRevision),
    }))
    // a branch that the push brings is not there before
    const before = await renderer.inputsOf(sources, app.metadata.name).catch(() => undefined)
    await scratch.change(pushed, nameOf(branch), { [file]: `${manifest}  # changed\n` })
    const after = await renderer.inputsOf(sources, app.metadata.name)
    return { expected: expected.refresh, got: before !== after }

    function repository(): Promise<string> {
      return scratch.ofFiles(Object.fromEntries(files))
    }
  })
}
