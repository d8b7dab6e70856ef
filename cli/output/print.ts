import type { Command } from 'commander'
import { Option } from 'commander'
import { dump } from 'js-yaml'

export type OutputFormat = 'wide' | 'json' | 'yaml' | 'name'
export type OutputOptions = { readonly output?: OutputFormat }

/** Adds `-o`. */
export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how to print').choices(['wide', 'json', 'yaml', 'name']),
  )
}

/** How one kind of answer is printed. */
export type Printed<T> = {
  readonly data: T
  readonly name: (data: T) => string
  readonly text: (data: T, wide: boolean) => string
}

/** Prints an answer to stdout in the format that is asked for; without one as a table for people. */
export function print<T>({ output }: OutputOptions, { data, name, text }: Printed<T>): void {
  if (output === 'json') console.log(JSON.stringify(data, undefined, 2))
  else if (output === 'yaml') process.stdout.write(yaml(data))
  else if (output === 'name') console.log(name(data))
  else console.log(text(data, output === 'wide'))
}

/** YAML as kubectl reads it back: what could be taken for something else than text is quoted. */
export function yaml(data: unknown): string {
  return dump(data, { noRefs: true, lineWidth: -1 })
}
