import { DatabaseSync } from 'node:sqlite'
import { type ExplainedStep, explainedStep } from '../core/event/explained.ts'
import { topics } from '../core/event/topics.ts'
import type { EventBus } from './bus.ts'

/** What became of events, as this process has read it from Kafka. Disposable: a new one reads it all again. */
export type ExplainIndex = {
  /** Whether all that Kafka had when this process began is read. */
  isComplete(): boolean
  /** The steps of an event in their order; none when it is not known. */
  ofEvent(id: string): readonly ExplainedStep[]
  /** What happened to an application (`<namespace>/<name>`) since then (epoch ms), in order, at most the newest 500. */
  ofApplication(application: string, since: number): readonly ExplainedStep[]
  /** Events from outside, the newest first, each with the last that is known of it. */
  received(query: { readonly since: number; readonly limit: number }): readonly ReceivedEvent[]
}
export type ReceivedEvent = { readonly received: ExplainedStep; readonly last: ExplainedStep }

// as long as Kafka keeps them
const keptMs = 30 * 86_400_000
const writesPerCleaning = 10_000
const maxSteps = 500
// whoever asks meanwhile reads through the same connection, which sees what is not committed yet
const commitMs = 200

const schema = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  CREATE TABLE step (id TEXT PRIMARY KEY, at INTEGER, step TEXT, application TEXT, body TEXT) WITHOUT ROWID;
  CREATE INDEX step_of_application ON step (application, at);
  CREATE INDEX step_in_time ON step (step, at);
  CREATE TABLE step_of_event (event TEXT, id TEXT, PRIMARY KEY (event, id)) WITHOUT ROWID;
`

export type ExplainOptions = { readonly bus: EventBus; readonly now: () => number }

/** Follows the topics of events, decisions and deployments for as long as the bus is open. */
export function createExplainIndex({ bus, now }: ExplainOptions): ExplainIndex {
  // without a name SQLite makes a database of its own that is gone with the process
  const database = new DatabaseSync('')
  database.exec(schema)
  const store = writer(database, now)
  const topicsOfInterest = [topics.events, topics.decisions, topics.deployments]
  const complete = new Set<string>()
  for (const topic of topicsOfInterest) {
    bus.follow({
      topic,
      handle: (event, storedAt) => store(explainedStep(event, storedAt)),
      onCaughtUp: () => complete.add(topic),
    })
  }
  const ofEvent = database.prepare(
    `SELECT body FROM step_of_event JOIN step USING (id) WHERE event = ? ORDER BY at LIMIT ${maxSteps}`,
  )
  const ofApplication = database.prepare(
    `SELECT body FROM step WHERE application = ? AND at >= ? ORDER BY at DESC, id LIMIT ${maxSteps}`,
  )
  const received = database.prepare(
    "SELECT body FROM step WHERE step = 'received' AND at >= ? ORDER BY at DESC LIMIT ?",
  )
  const stepsOf = (id: string) => sorted(ofEvent.all(id).map(read))
  return {
    isComplete: () => complete.size === topicsOfInterest.length,
    ofEvent: stepsOf,
    ofApplication: (application, since) =>
      ofApplication.all(application, since).map(read).toReversed(),
    received: ({ since, limit }) =>
      received.all(since, limit).map((row) => {
        const step = read(row)
        return { received: step, last: stepsOf(step.id).at(-1) ?? step }
      }),
  }
}

function writer(database: DatabaseSync, now: () => number): (step: ExplainedStep) => void {
  const put = database.prepare('INSERT OR REPLACE INTO step VALUES (?, ?, ?, ?, ?)')
  const link = database.prepare('INSERT OR IGNORE INTO step_of_event VALUES (?, ?)')
  const clean = database.prepare('DELETE FROM step WHERE at < ?')
  const cleanLinks = database.prepare(
    'DELETE FROM step_of_event WHERE id NOT IN (SELECT id FROM step)',
  )
  const begin = transactions(database)
  let writes = 0
  return (step) => {
    begin()
    put.run(step.id, step.at, step.step, step.application ?? null, JSON.stringify(step))
    for (const event of step.events) link.run(event, step.id)
    writes += 1
    if (writes % writesPerCleaning !== 0) return
    clean.run(now() - keptMs)
    cleanLinks.run()
  }
}

/** Each commit writes pages: the steps of a burst share one. */
function transactions(database: DatabaseSync): () => void {
  let isOpen = false
  const commit = (): void => {
    isOpen = false
    database.exec('COMMIT')
  }
  return () => {
    if (isOpen) return
    database.exec('BEGIN')
    isOpen = true
    setTimeout(commit, commitMs).unref()
  }
}

function read(row: Record<string, unknown>): ExplainedStep {
  return JSON.parse(String(row.body)) as ExplainedStep
}

const order = ['received', 'routed', 'observed', 'decided', 'operated', 'told']

/** By time; the event itself comes first, whatever the clock of Kafka says. */
function sorted(steps: readonly ExplainedStep[]): readonly ExplainedStep[] {
  const rank = ({ step }: ExplainedStep) => order.indexOf(step)
  const time = ({ step, at }: ExplainedStep) => (step === 'received' ? 0 : at)
  return steps.toSorted((a, b) => time(a) - time(b) || rank(a) - rank(b))
}
