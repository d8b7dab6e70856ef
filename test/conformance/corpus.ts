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
}

/** A feed that knows the shape of its rows. */
export function feed<R>(answer: (row: Row & R) => ReturnType<Feed>): Feed {
  return (row) => answer(row as Row & R)
}

/** Reads the lines of a corpus. */
export function parseRows(text: string): readonly Row[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line))
}

/** Feeds every strict row; a row that makes the product throw is a failure and not the end. */
export async function judge(corpus: string, rows: readonly Row[], answer: Feed): Promise<Result> {
  const strict = rows.filter(({ tier = 'strict' }) => tier === 'strict')
  const failures: Failure[] = []
  let total = 0
  for (const row of strict) {
    const answered = await ask(answer, row)
    if (answered === filesAreAway) continue
    total++
    if (isDeepStrictEqual(answered.got, answered.expected)) continue
    failures.push({ id: row.id, ...answered })
  }
  return { corpus, passed: total - failures.length, total, apart: rows.length - total, failures }
}

async function ask(answer: Feed, row: Row): Promise<Answer | typeof filesAreAway> {
  try {
    return (await answer(row)) ?? { expected: row.expected, got: 'nothing answers this' }
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
