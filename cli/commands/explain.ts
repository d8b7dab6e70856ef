import type { Command } from 'commander'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { age } from '../output/age.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { printable, table } from '../output/table.ts'
import { wholeNumber } from './arguments.ts'

type Step = {
  readonly at: string
  readonly step: string
  readonly application?: string
  readonly events: readonly string[]
  readonly summary: string
  readonly failure?: { readonly cause: string; readonly next: string }
  readonly facts?: {
    readonly woken?: readonly string[]
    readonly resources?: readonly string[]
  }
}
type EventSummary = {
  readonly id: string
  readonly at: string
  readonly summary: string
  readonly last: Step
}
type Explanation = {
  readonly event?: object
  readonly steps: readonly Step[]
  readonly meaning?: { readonly application: string; readonly reason: string }
  readonly complete: boolean
}

type ListOptions = ServerOptions &
  OutputOptions & { readonly since: string; readonly limit: number }
type EventOptions = ServerOptions & OutputOptions & { readonly application?: string }
type AppOptions = ServerOptions & OutputOptions & { readonly since: string }

/** `events list`, `events get` and `events explain`, beside the process of that name. */
export function addEvents(program: Command): void {
  const events = program.commands.find((command) => command.name() === 'events')
  if (events === undefined) return
  withOutput(withServer(events.command('list').description('list events, the newest first')))
    .option('--since <duration>', 'how far to go back', '24h')
    .option('--limit <count>', 'how many at most', wholeNumber, 50)
    .action(list)
  withOutput(withServer(events.command('get <id>').description('show an event as it came'))).action(
    get,
  )
  withOutput(withServer(events.command('explain <id>').description('show what became of it')))
    .option('--app <name>', 'what it meant for this application')
    .action(explainEvent)
  withServer(
    events.command('replay <id>').description('give an event again; its id stays the same'),
  ).action(replay)
}

/** `app explain`. */
export function addAppExplain(app: Command): void {
  withOutput(
    withServer(app.command('explain <name>').description('show what happened to it, and why')),
  )
    .option('--since <duration>', 'how far to go back', '1h')
    .action(explainApplication)
}

async function list({ since, limit, ...options }: ListOptions): Promise<void> {
  const remote = await connect(options)
  const query = { since, limit: String(limit) }
  const { items } = await remote.call<{ items: readonly EventSummary[] }>('GET', '/api/v1/events', {
    query,
  })
  print(options, {
    data: items,
    name: (events) => events.map(({ id }) => id).join('\n'),
    text: (events) =>
      table(
        ['ID', 'AGE', 'EVENT', 'LAST'],
        events.map(({ id, at, summary, last }) => [
          ...[id, age(at, Date.now()), summary, `${last.step}: ${last.summary}`],
        ]),
      ),
  })
}

const explainPath = (id: string) => `/api/v1/events/${encodeURIComponent(id)}/explain`

async function get(id: string, options: EventOptions): Promise<void> {
  const remote = await connect(options)
  const { event = {} } = await remote.call<Explanation>('GET', explainPath(id))
  print(options, {
    data: event,
    name: () => id,
    text: (shown) => JSON.stringify(shown, undefined, 2),
  })
}

async function explainEvent(
  id: string,
  { app: application, ...options }: EventOptions & { readonly app?: string },
): Promise<void> {
  const remote = await connect(options)
  const query = { application }
  const data = await remote.call<Explanation>('GET', explainPath(id), { query })
  print(options, {
    data,
    name: () => id,
    text: ({ steps, meaning, complete }) =>
      [
        stepsText(steps),
        ...(meaning === undefined ? [] : ['', `${meaning.application}: ${meaning.reason}`]),
        ...(complete ? [] : ['', 'the server is still reading; ask again for the rest']),
      ].join('\n'),
  })
}

async function replay(id: string, options: ServerOptions): Promise<void> {
  const remote = await connect(options)
  const path = `/api/v1/events/${encodeURIComponent(id)}/replay`
  const { replay: count } = await remote.call<{ replay: number }>('POST', path)
  console.log(`event ${id} is given again (replay ${count})`)
}

async function explainApplication(name: string, { since, ...options }: AppOptions): Promise<void> {
  const remote = await connect(options)
  const path = `/api/v1/applications/${encodeURIComponent(name)}/explain`
  const data = await remote.call<Explanation>('GET', path, { query: { since } })
  print(options, {
    data,
    name: ({ steps }) => steps.map(({ step }) => step).join('\n'),
    text: ({ steps }) =>
      steps.length === 0 ? `nothing happened since ${since} ago` : stepsText(steps),
  })
}

function stepsText(steps: readonly Step[]): string {
  return steps.flatMap(linesOf).join('\n')
}

function linesOf({ at, step, application, summary, failure, facts }: Step): readonly string[] {
  const about = application === undefined ? '' : ` ${application}`
  const details = [
    ...(failure === undefined ? [] : [`${failure.cause}: ${failure.next}`]),
    ...(facts?.woken ?? []),
    ...(facts?.resources ?? []),
  ]
  return [
    `${at}  ${step}${printable(about)}: ${printable(summary)}`,
    ...details.map((line) => `    ${printable(line)}`),
  ]
}
