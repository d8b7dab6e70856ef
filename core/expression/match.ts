import { type Automaton, automatonOf, type State } from './automaton.ts'

const compiled = new Map<string, ReturnType<typeof automatonOf>>()
const maxCompiled = 500
const maxText = 1_024

/**
 * Whether a regular expression is found in a text. Takes time in proportion to the length of the
 * expression and the square of that of the text, whatever they look like; an expression that cannot
 * be read finds nothing (`expressionProblem` tells why).
 */
export function expressionMatches(expression: string, text: string): boolean {
  const found = compiledOf(expression)
  if ('problem' in found || text.length > maxText) return false
  return search({ automaton: found, text, known: new Map() }, found.entry, 0, true)
}

/** What is wrong with a regular expression; undefined for one that can be matched. */
export function expressionProblem(expression: string): string | undefined {
  const found = compiledOf(expression)
  return 'problem' in found ? found.problem : undefined
}

function compiledOf(expression: string) {
  const known = compiled.get(expression)
  if (known !== undefined) return known
  const found = automatonOf(expression)
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(expression, found)
  return found
}

type Run = {
  readonly automaton: Automaton
  readonly text: string
  /** What was found out of what lies ahead, by state and place. */
  readonly known: Map<string, boolean>
}

/** All states at once, so nothing is ever tried twice. */
function search(run: Run, from: number, start: number, anywhere = false): boolean {
  let present = new Set([from])
  for (let at = start; present.size > 0 && at <= run.text.length; at++) {
    if (reachesEnd(run, present, at)) return true
    const taken = [...present].flatMap((index) => takes(run, index, at))
    present = new Set(anywhere ? [from, ...taken] : taken)
  }
  return false
}

/** Adds all states that are reached without taking a character; says whether an end is one of them. */
function reachesEnd(run: Run, present: Set<number>, at: number): boolean {
  for (const index of present) {
    const state = run.automaton.states[index]
    if (state === undefined || state.kind === 'end') return true
    for (const next of waysOn(run, state, at)) present.add(next)
  }
  return false
}

function waysOn(run: Run, state: State, at: number): readonly number[] {
  if (state.kind === 'ways') return state.ways
  if (state.kind === 'ahead')
    return isAhead(run, state.entry, at) === state.negate ? [] : [state.next]
  if (state.kind === 'place') return isPlace(state, run.text, at) ? [state.next] : []
  return []
}

function takes({ automaton, text }: Run, index: number, at: number): readonly number[] {
  const [state, character] = [automaton.states[index], text[at]]
  if (state?.kind !== 'take' || character === undefined) return []
  return state.test(character) ? [state.next] : []
}

function isAhead(run: Run, entry: number, at: number): boolean {
  const id = `${entry}/${at}`
  const found = run.known.get(id) ?? search(run, entry, at)
  run.known.set(id, found)
  return found
}

function isPlace({ place, negate }: Extract<State, { kind: 'place' }>, text: string, at: number) {
  if (place === 'start') return at === 0
  if (place === 'end') return at === text.length
  const isWord = (index: number) => /\w/.test(text[index] ?? '')
  return (isWord(at - 1) !== isWord(at)) !== negate
}
