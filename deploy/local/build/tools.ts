import { StartError } from '../start-error.ts'
import { runCommand } from './command.ts'

type Tool = 'git' | 'java' | 'go' | 'mvn'

/** Why a tool is needed: the part, and what makes it unnecessary. */
export type Need = {
  readonly tool: Tool
  readonly part: string
  readonly instead: string | undefined
}

const oldestJava = 17

const versionArgs: Readonly<Record<Tool, readonly string[]>> = {
  git: ['--version'],
  java: ['-version'],
  go: ['version'],
  mvn: ['--version'],
}

const howTo: Readonly<Record<Tool, string>> = {
  git: 'install Git (Debian: apt-get install git, macOS: xcode-select --install)',
  java: `install a JDK or JRE ${oldestJava} or newer (Debian: apt-get install openjdk-17-jre-headless, macOS: brew install openjdk)`,
  go: 'install Go 1.26 or newer (https://go.dev/dl/)',
  mvn: 'install Maven 3.8 or newer (Debian: apt-get install maven, macOS: brew install maven)',
}

/** Names everything that is missing at once, each with the way out. */
export async function requireTools(needs: readonly Need[]): Promise<void> {
  const missing: string[] = []
  for (const tool of new Set(needs.map((need) => need.tool))) {
    const problem = await problemWith(tool)
    if (problem === undefined) continue
    const users = needs.filter((need) => need.tool === tool)
    const instead = [...new Set(users.flatMap(({ instead }) => instead ?? []))]
    missing.push(
      `  ${tool}: ${problem}, needed for ${[...new Set(users.map(({ part }) => part))].join(', ')}\n    ${howTo[tool]}`,
      ...(instead.length === 0 ? [] : [`    or point to a running one: ${instead.join(', ')}`]),
    )
  }
  if (missing.length > 0)
    throw new StartError(`cannot start, something is missing:\n${missing.join('\n')}`)
}

async function problemWith(tool: Tool): Promise<string | undefined> {
  const { code, output } = await runCommand(tool, versionArgs[tool])
  if (code !== 0) return 'not found'
  const major = Number(/version "(\d+)/.exec(output)?.[1] ?? oldestJava)
  return tool === 'java' && major < oldestJava ? `version ${major} is too old` : undefined
}
