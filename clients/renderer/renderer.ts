import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { RenderError } from '../../core/errors.ts'
import { lastWords } from '../tools/last-words.ts'
import type { RunTool, ToolRun } from '../tools/run.ts'
import { type Instance, startInstance } from './instance.ts'
import { createVersions } from './versions.ts'

const subcommands: Readonly<Record<string, string>> = { helm: 'template', kustomize: 'build' }
const idleMs = 60_000

/**
 * Renders with processes that stay, as many as there are cores, in place of one process for each
 * render. What they do not do is left to the command line: other commands, tools of other versions
 * than the renderer's, and a render of which the process died.
 */
export function createRenderer(program: string, commandLine: RunTool): RunTool {
  const limit = pLimit(availableParallelism())
  const versions = createVersions(program, commandLine)
  const idle = new Map<Instance, NodeJS.Timeout>()
  const take = (): Instance => {
    // the one used last: it is warm, and the others may end
    const [instance, timer] = [...idle].at(-1) ?? [startInstance(program)]
    clearTimeout(timer)
    idle.delete(instance)
    return instance
  }
  const giveBack = (instance: Instance): void => {
    const leave = (): void => {
      idle.delete(instance)
      instance.end()
    }
    if (instance.canGoOn()) idle.set(instance, setTimeout(leave, idleMs).unref())
    else instance.end()
  }
  const render = async ({ name, args, cwd }: ToolRun) => {
    const instance = take()
    try {
      return await instance.render({ tool: name, args, folder: cwd })
    } finally {
      giveBack(instance)
    }
  }
  return async (run) => {
    const isOurs = run.args[0] === subcommands[run.name] && (await versions.agree(run))
    const answer = isOurs ? await limit(() => render(run)) : undefined
    if (answer === undefined) return await commandLine(run)
    if (answer.failed !== true) return answer.output
    throw new RenderError(`${run.name}: ${lastWords(answer.errors ?? '', run.cwd)}`)
  }
}
