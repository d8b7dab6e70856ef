import { isDeepStrictEqual } from 'node:util'

/** One real case: what is fed stands in its other fields, which differ from file to file. */
export type Row = { readonly id: string; readonly tier?: string; readonly expected?: unknown }
/** What the row wants and what the product said, in the same shape. */
export type Answer = { readonly expected: unknown; readonly got: unknown }
/** Says that the files of which a row speaks are not on this machine: nothing can be told of it. */
export const filesAreAway = 'files are away'
type Told = Answer | typeof filesAreAway | undefined
/** Maps the fields of a row to a function of the product; undefined when no function answers it. */
export type Feed = (row: Row) => Told | Promise<Told>

export type Failure = Answer & { readonly id: string }
export type Result = {
  readonly corpus: string
  readonly passed: number
  readonly total: number
  /** Rows that are for reading, or whose set-up is not in the row. */
  readonly apart: number
  readonly failures: readonly Failure[]
  /** How many rows of which shape no function answers; they count as failed. */
  readonly unanswered: ReadonlyMap<string, number>
}

/** A feed that knows the shape of its rows. */
export function feed<R>(answer: (row: Row & R) => ReturnType<Feed>): Feed {
  return (row) => answer(row as Row & R)
}

/** Reads the lines of a corpus; one that is no JSON object is a row that nothing answers. */
export function parseRows(text: string): readonly Row[] {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => readRow(line) ?? { id: `line ${number}`, shape: unreadable })
}

const unreadable = 'no JSON object'

function readRow(line: string): Row | undefined {
  try {
    const read: unknown = JSON.parse(line)
    return typeof read === 'object' && read !== null && 'id' in read ? (read as Row) : undefined
  } catch {
    return undefined
  }
}

/** What rows of one kind have in common, for people: the table that they are cut from, or what they ask. */
function shapeOf(row: Row): string {
  const { shape, test, question, what } = row as Readonly<Record<string, unknown>>
  return String(shape ?? test ?? question ?? what ?? row.id.split('/', 1)[0])
}

/** Feeds every strict row; a row that makes the product throw is a failure and not the end. */
export async function judge(corpus: string, rows: readonly Row[], answer: Feed): Promise<Result> {
  const strict = rows.filter(({ tier = 'strict' }) => tier === 'strict')
  const failures: Failure[] = []
  const unanswered = new Map<string, number>()
  let total = 0
  for (const row of strict) {
    const answered = await ask(answer, row)
    if (answered === filesAreAway) continue
    total++
    if (answered === undefined)
      unanswered.set(shapeOf(row), (unanswered.get(shapeOf(row)) ?? 0) + 1)
    const { expected, got } = answered ?? { expected: row.expected, got: 'nothing answers this' }
    if (!isDeepStrictEqual(got, expected)) failures.push({ id: row.id, expected, got })
  }
  const passed = total - failures.length
  return { corpus, passed, total, apart: rows.length - total, failures, unanswered }
}

async function ask(answer: Feed, row: Row): Promise<Told> {
  if ('shape' in row) return undefined
  try {
    return await answer(row)
  } catch (error) {
    return { expected: row.expected, got: `threw ${error}` }
  }
}

/** A pure answer with what it threw in its place: rows that expect an error say so. */
export function attempt<T>(work: () => T): T | { readonly error: true } {
  try {
    return work()
  } catch {
    return { error: true }
  }
}
