type Test = (character: string) => boolean
/** One character that passes the test, or with `many` any run of such characters. */
type Token = { readonly test: Test; readonly many: boolean }
type Glob = readonly (readonly Token[])[]

const compiled = new Map<string, Glob>()
const maxCompiled = 2_000
const maxLength = 1_024
const maxAlternatives = 256

/**
 * Whether a text matches a glob in the language of Argo CD (gobwas): `*` any run without the
 * separator, `**` any run, `?` one character, `[a-z]`, `[!a]`, `{a,b}`, `\` quotes. Without a
 * separator `*` crosses everything. Takes time in proportion to both lengths, whatever the pattern;
 * patterns that are too long or too wide match nothing.
 */
export function globMatch(pattern: string, text: string, separator = ''): boolean {
  if (!/[*?[\\{]/.test(pattern)) return pattern === text
  if (pattern.length > maxLength) return false
  const id = `${separator}\n${pattern}`
  let glob = compiled.get(id)
  if (glob === undefined) {
    glob = alternatives(pattern).map((one) => tokenize(one, separator))
    if (compiled.size >= maxCompiled) compiled.clear()
    compiled.set(id, glob)
  }
  return glob.some((tokens) => run(tokens, text))
}

/** Where the first wildcard of a path stands; -1 for the path of one file (HELM-03). */
export function wildcardAt(path: string): number {
  return path.search(/[*?[]/)
}

/** Whether every bracket and brace of a pattern is closed. */
export function isGlob(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\.|\[!?(?:\\.|[^\]\\])+\]/gsu, '')
  return !plain.includes('[') && alternatives(plain).length > 0
}

/** Whether a path matches a glob in which `**` stands for any number of folders, also none (doublestar). */
export function pathMatch(pattern: string, path: string): boolean {
  return globMatch(pattern.replaceAll('**/', '{,**/}'), path, '/')
}

/** All states of the automaton at once, so nothing is ever tried twice. */
function run(tokens: readonly Token[], text: string): boolean {
  let states = skipRuns(tokens, [0])
  for (const character of text) {
    const next = new Set<number>()
    for (const state of states) {
      const token = tokens[state]
      if (token?.test(character) === true) next.add(token.many ? state : state + 1)
    }
    if (next.size === 0) return false
    states = skipRuns(tokens, next)
  }
  return states.has(tokens.length)
}

/** A run may be empty: whoever stands before it also stands behind it. */
function skipRuns(tokens: readonly Token[], states: Iterable<number>): ReadonlySet<number> {
  const reached = new Set(states)
  for (const state of reached) if (tokens[state]?.many === true) reached.add(state + 1)
  return reached
}

const piece = /\\(.)|(\*\*+)|(\*)|(\?)|\[(!?)((?:\\.|[^\]\\])+)\]|(.)/gsu

function tokenize(pattern: string, separator: string): readonly Token[] {
  const inside: Test = (character) => separator === '' || character !== separator
  return [...pattern.matchAll(piece)].map((match): Token => {
    const [, quoted, anything, within, single, not, set, plain] = match
    if (anything !== undefined) return { test: () => true, many: true }
    if (within !== undefined) return { test: inside, many: true }
    if (single !== undefined) return { test: inside, many: false }
    if (set !== undefined) return { test: setTest(set, not === '!'), many: false }
    return { test: (character) => character === (quoted ?? plain), many: false }
  })
}

function setTest(set: string, negated: boolean): Test {
  const ranges = [...set.matchAll(/\\?(.)(?:-\\?(.))?/gsu)].map(([, from = '', to = from]) => {
    return (character: string) => from <= character && character <= to
  })
  return (character) => ranges.some((isIn) => isIn(character)) !== negated
}

/** `a{b,c}d` → `abd`, `acd`; braces inside braces too. */
function alternatives(pattern: string): readonly string[] {
  const found = /^((?:\\.|[^\\{])*)\{/s.exec(pattern)
  if (found === null) return [pattern]
  const [opening, before = ''] = found
  const inner = splitBraces(pattern.slice(opening.length))
  if (inner === undefined) return []
  const rests = alternatives(inner.rest)
  const all = inner.parts
    .flatMap(alternatives)
    .flatMap((part) => rests.map((rest) => before + part + rest))
  return all.length > maxAlternatives ? [] : all
}

/** The comma-separated parts up to the brace that closes, and what follows it. */
function splitBraces(
  text: string,
): { readonly parts: readonly string[]; readonly rest: string } | undefined {
  const parts = ['']
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '}' && depth === 0) return { parts, rest: text.slice(at + 1) }
    if (character === ',' && depth === 0) {
      parts.push('')
      continue
    }
    if (character === '{') depth++
    if (character === '}') depth--
    const taken = character === '\\' ? text.slice(at, ++at + 1) : character
    parts.push((parts.pop() ?? '') + taken)
  }
  return undefined
}
