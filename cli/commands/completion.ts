import { Argument, type Command } from 'commander'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** `completion`: a script for the shell, made from the commands that there are. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the completion script: source <(driftless completion bash)')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell: Shell) => console.log(completionScript(program, shell)))
}

/** What can follow the words of a command: its subcommands, else its options. */
type Choices = { readonly path: string; readonly choices: readonly string[] }

export function completionScript(program: Command, shell: Shell): string {
  const all = choicesOf(program, '')
  if (shell === 'fish') return fishScript(all)
  const start = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''
  return start + bashScript(all)
}

function choicesOf(command: Command, path: string): readonly Choices[] {
  const { commands } = command
  const options = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? [])
  const choices = commands.length > 0 ? commands.map((child) => child.name()) : options
  return [
    { path, choices },
    ...commands.flatMap((child) => choicesOf(child, `${path} ${child.name()}`)),
  ]
}

function bashScript(all: readonly Choices[]): string {
  const known = all.slice(1).map(({ path }) => `'${path}'`)
  const cases = all.map(({ path, choices }) => `    '${path}') choices='${choices.join(' ')}' ;;`)
  return `_driftless() {
  local word path= choices=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${known.join('|')}) path="$path $word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _driftless driftless`
}

function fishScript(all: readonly Choices[]): string {
  const known = all.slice(1).map(({ path }) => `'${path}'`)
  const lines = all.map(
    ({ path, choices }) =>
      `complete -c driftless -f -n '__driftless_at "${path}"' -a '${choices.join(' ')}'`,
  )
  return `function __driftless_at
  set -l path ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$path $word" ${known.join(' ')}
      set path "$path $word"
    end
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}`
}
