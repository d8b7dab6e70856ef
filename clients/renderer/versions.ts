import { toolEnvironment } from '../tools/environment.ts'
import type { RunTool, ToolRun } from '../tools/run.ts'

/** Whether the renderer stands for the command that would run otherwise. */
export type Versions = {
  agree(run: ToolRun): Promise<boolean>
}

const questions: Readonly<Record<string, readonly string[]>> = {
  helm: ['version', '--template={{.Version}}'],
  kustomize: ['version'],
}

/** Asks each command once which version it is, and the renderer which libraries it has. */
export function createVersions(program: string, commandLine: RunTool): Versions {
  let ours: Promise<string> | undefined
  const answers = new Map<string, Promise<boolean>>()
  const ask = async (command: string, name: string, args: readonly string[]): Promise<string> => {
    const cwd = '/'
    return await commandLine({ command, name, args, cwd, env: toolEnvironment('/nonexistent') })
  }
  const compare = async ({ command, name }: ToolRun): Promise<boolean> => {
    ours ??= ask(program, 'renderer', ['version'])
    const lines = (await ours).split('\n')
    const known = lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''
    return isSame((await ask(command, name, questions[name] ?? [])).trim(), known)
  }
  return {
    agree(run) {
      const answer = answers.get(run.command) ?? compare(run).catch(() => false)
      answers.set(run.command, answer)
      return answer
    },
  }
}

/** A Helm that is built from its module names itself without the last number. */
function isSame(said: string, known: string): boolean {
  return said !== '' && (known === said || known.startsWith(`${said}.`))
}
