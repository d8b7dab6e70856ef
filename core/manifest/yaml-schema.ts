import {
  binaryTag,
  boolYaml11Tag,
  defineScalarTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
} from 'js-yaml'

const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const notJson = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const digits = ['-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']

/** A number that JSON or JavaScript cannot carry unchanged; the reader adds the place. */
export class LossyNumber extends Error {}

function magnitudeOf(unsigned: string): bigint {
  // Go reads a leading zero as octal: the file modes of half the manifests in the world
  const octal = /^0[0-7]+$/.test(unsigned)
  return BigInt(octal ? `0o${unsigned}` : unsigned.toLowerCase())
}

function integerOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const unsigned = text.replace(/^[-+]/, '')
  if (unsigned.length < 16 && /^(?:0|[1-9][0-9]*)$/.test(unsigned))
    return sign * Number(unsigned) + 0
  const exact = magnitudeOf(unsigned)
  const value = Number(exact)
  // what counts is that the API server is sent the same digits
  if (String(value) !== String(exact)) {
    throw new LossyNumber(
      `the integer ${text} has more digits than can be kept exactly; quote it if the field takes a string`,
    )
  }
  return sign * value + 0
}

/** Numbers as go-yaml resolves them: `_` is ignored, 0644 and 0o644 are octal, 08 is a decimal. */
const numberTag = (name: 'int' | 'float') =>
  defineScalarTag<number>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: digits,
    resolve(source) {
      if (notJson.test(source)) throw new LossyNumber(`${source} is not a number that JSON knows`)
      const text = source.replaceAll('_', '')
      if (integer.test(text)) return integerOf(text)
      const value = decimal.test(text) ? Number(text) : Number.NaN
      return Number.isFinite(value) ? value + 0 : NOT_RESOLVED
    },
    identify: () => false,
  })

/** `!!binary` is a string of the decoded bytes for Go, and Kubernetes objects are JSON. */
const bytesTag = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve(source, isExplicit, tagName) {
    const bytes = binaryTag.resolve(source, isExplicit, tagName)
    return bytes instanceof Uint8Array ? new TextDecoder().decode(bytes) : NOT_RESOLVED
  },
  identify: () => false,
})

const timestampTag = defineScalarTag<string>('tag:yaml.org,2002:timestamp', {
  resolve: (source) => source,
  identify: () => false,
})

/**
 * Plain scalars as kubectl reads them (go-yaml behind sigs.k8s.io/yaml): YAML 1.1 booleans and
 * numbers, dates stay strings, merge keys work.
 */
export const kubernetesSchema = new Schema([
  strTag,
  numberTag('int'),
  numberTag('float'),
  boolYaml11Tag,
  nullYaml11Tag,
  mergeTag,
  seqTag,
  mapTag,
  bytesTag,
  timestampTag,
])
