import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** One state: an end, a character to take, a place to check, or several ways on. */
export type State =
  | { readonly kind: 'end' }
  | { readonly kind: 'take'; readonly test: (character: string) => boolean; readonly next: number }
  | {
      readonly kind: 'place'
      readonly place: 'start' | 'end' | 'word'
      readonly negate: boolean
      readonly next: number
    }
  | {
      readonly kind: 'ahead'
      readonly entry: number
      readonly negate: boolean
      readonly next: number
    }
  | { readonly kind: 'ways'; readonly ways: number[] }

/** A regular expression as states; it matches where an end can be reached. */
export type Automaton = { readonly states: readonly State[]; readonly entry: number }

const maxStates = 1_000
const parser = new RegExpParser({ ecmaVersion: 2025 })

/** The automaton of an expression, or what is wrong with it. */
export function automatonOf(expression: string): Automaton | { readonly problem: string } {
  try {
    const states: State[] = []
    const add = (state: State): number => {
      if (states.length === maxStates) throw new SyntaxError('it is too large')
      return states.push(state) - 1
    }
    const { alternatives } = parser.parsePattern(expression)
    return { states, entry: anyOf(add, alternatives, add({ kind: 'end' })) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { problem: error.message }
  }
}

type Add = (state: State) => number

function anyOf(add: Add, alternatives: readonly AST.Alternative[], next: number): number {
  const ways = alternatives.map(({ elements }) =>
    elements.reduceRight((after, element) => build(add, element, after), next),
  )
  return ways.length === 1 ? (ways[0] ?? next) : add({ kind: 'ways', ways })
}

function build(add: Add, node: AST.Element, next: number): number {
  switch (node.type) {
    case 'Group':
      if (node.modifiers !== null) throw new SyntaxError(`${node.raw}: flags are not known here`)
      return anyOf(add, node.alternatives, next)
    case 'CapturingGroup':
      return anyOf(add, node.alternatives, next)
    case 'Quantifier':
      return repeated(add, node, next)
    case 'Assertion':
      return assertion(add, node, next)
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return add({ kind: 'take', test: oneOf(node), next })
    default:
      throw new SyntaxError(`${node.raw} cannot be matched in bounded time`)
  }
}

function repeated(add: Add, { element, min, max }: AST.Quantifier, next: number): number {
  let entry = next
  if (max === Number.POSITIVE_INFINITY) {
    const ways = [next]
    entry = add({ kind: 'ways', ways })
    ways.push(build(add, element, entry))
  } else {
    for (let more = max - min; more > 0; more--) {
      entry = add({ kind: 'ways', ways: [build(add, element, entry), next] })
    }
  }
  for (let one = min; one > 0; one--) entry = build(add, element, entry)
  return entry
}

function assertion(add: Add, node: AST.Assertion, next: number): number {
  switch (node.kind) {
    case 'lookahead': {
      const entry = anyOf(add, node.alternatives, add({ kind: 'end' }))
      return add({ kind: 'ahead', entry, negate: node.negate, next })
    }
    case 'lookbehind':
      throw new SyntaxError(`${node.raw} cannot be matched in bounded time`)
    case 'word':
      return add({ kind: 'place', place: 'word', negate: node.negate, next })
    default:
      return add({ kind: 'place', place: node.kind, negate: false, next })
  }
}

/** Of one character the engine of JavaScript may decide: there is nothing to try twice. */
function oneOf({ raw }: AST.Character | AST.CharacterSet | AST.CharacterClass) {
  // \A, \z and the like mean places in the language of Argo CD, and the letter in this one
  if (/^\\[A-Zac-eg-mo-qyz]$/.test(raw) && !/^\\[dDsSwW]$/.test(raw)) {
    throw new SyntaxError(`${raw} is not known here`)
  }
  const expression = new RegExp(`^(?:${raw})$`)
  return (character: string) => expression.test(character)
}
