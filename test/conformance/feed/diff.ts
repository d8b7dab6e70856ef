import { createJq, type Jq } from '../../../clients/jq.ts'
import { readCustomizations } from '../../../core/customization.ts'
import { compareObject } from '../../../core/diff/compare.ts'
import { comparable, type IgnoreRule, rulesFor, withoutIgnored } from '../../../core/diff/ignore.ts'
import { isSameObject } from '../../../core/diff/same-object.ts'
import { ScriptError } from '../../../core/errors.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { maskSecrets } from '../../../core/manifest/mask.ts'
import { foldStringData } from '../../../core/manifest/secret.ts'
import { isOwned } from '../../../core/manifest/tracking.ts'
import { type Feed, feed } from '../corpus.ts'
import { type Assertion, failed } from './assertion.ts'

type StateDiff = {
  /** Null where nothing is declared. */
  readonly config: Manifest | null
  readonly live: Manifest | null
  readonly predicted_live?: Manifest | null
  readonly options?: { readonly ignoreDifferences?: readonly IgnoreRule[] }
  readonly expected: { readonly modified: boolean; readonly asserts?: readonly Assertion[] }
}

/** Whether applying the declared object would change the live one. */
export const stateDiff = feed<StateDiff>(async (row) => {
  const { config, live, predicted_live: predicted, options, expected } = row
  if (predicted !== undefined && predicted !== null && live !== null) {
    const rules = rulesFor(options?.ignoreDifferences ?? [], live)
    const strip = (object: Manifest) => withoutIgnored(object, live, rules, withoutJq)
    const documents = { predicted: await strip(predicted), live: await strip(live) }
    return {
      expected: [expected.modified, []],
      got: [
        !isSameObject(documents.predicted, documents.live),
        failed(expected.asserts ?? [], documents),
      ],
    }
  }
  const declared = config === null ? [] : [config]
  const modified = declared.some((object) => {
    const found = compareObject(foldStringData(named(object)), live ? named(live) : undefined)
    return found.verdict === 'missing' || ('fields' in found && found.fields.length > 0)
  })
  return { expected: expected.modified, got: modified }
})

/** Rows may leave out what the API server always has. */
function named(object: Manifest): Manifest {
  const { apiVersion = 'v1', kind = '', metadata } = object
  return { ...object, apiVersion, kind, metadata: metadata ?? {} }
}

const withoutJq = async () => {
  throw new ScriptError('these rows have no jq')
}

type Data = Readonly<Record<string, string>> | null | undefined
type Mask = {
  readonly target: Manifest | null
  readonly live: Manifest | null
  readonly hide_annotations?: readonly string[]
  readonly expected: {
    readonly target_data?: Data
    readonly live_data?: Data
    readonly annotations?: Data
  }
}

/** Secrets without their values: only which ones are equal is to be seen. */
export const secretMask = feed<Mask>(
  ({ target, live, hide_annotations: hidden = [], expected }) => {
    const given = [target, live].filter((object) => object !== null)
    const whole = given.map(named)
    const masked = maskSecrets(whole.map(foldStringData), hidden)
    const dataOf = (object: Manifest | null) =>
      object === null ? undefined : (masked[given.indexOf(object)]?.data as Data)
    const { annotations } = expected
    return {
      expected: [
        classes(expected.target_data, expected.live_data),
        annotations && seen(annotations),
      ],
      got: [
        classes(dataOf(target), dataOf(live)),
        annotations && seen(masked[0]?.metadata.annotations ?? {}),
      ],
    }
  },
)

/** Annotations with every mask of one length, and kubectl's copy as what it says. */
function seen(annotations: Readonly<Record<string, string>>): object {
  const entries = Object.entries(annotations).map(([name, text]) => {
    const masked = typeof text === 'string' ? text.replaceAll(/\++/g, '+') : text
    return [name, name.endsWith('last-applied-configuration') ? JSON.parse(masked) : masked]
  })
  return Object.fromEntries(entries)
}

/** Per field whether it is there, masked, and the same on both sides. */
function classes(target: Data, live: Data): object {
  const fields = [...new Set([...Object.keys(target ?? {}), ...Object.keys(live ?? {})])].sort()
  return Object.fromEntries(
    fields.map((field) => {
      const [left, right] = [target?.[field], live?.[field]]
      const isMasked = [left, right].every((text) => text === undefined || /^\+*$/.test(text))
      return [field, [left !== undefined, right !== undefined, isMasked, left === right]]
    }),
  )
}

type SelfReference = {
  readonly app: string
  readonly tracking_method: string
  readonly live: Manifest | null
  readonly config: Manifest | null
  readonly expected: { readonly managed: boolean }
}

/** Whether the live object is the application's; what is declared is compared in any case. */
export const selfReference = feed<SelfReference>((row) => {
  const { app, tracking_method: method, live, config, expected } = row
  if (method !== 'annotation') return undefined
  return {
    expected: expected.managed,
    got: config !== null || live === null || isOwned(live, app),
  }
})

type Normalize = {
  readonly object: Manifest
  readonly options?: {
    readonly ignoreDifferences?: readonly IgnoreRule[]
    readonly resourceOverrides?: Readonly<Record<string, object>>
    readonly jqTimeoutSeconds?: number
  }
  readonly expected: {
    readonly error?: boolean
    readonly unchanged?: boolean
    readonly asserts?: readonly Assertion[]
  }
}

/** An object without what the Application and the settings ignore of it. */
export function normalize(jq: Jq): Feed {
  return feed<Normalize>(async ({ object, options = {}, expected }) => {
    // JSON is YAML: the settings are read as they would be from the ConfigMap
    const settings = JSON.stringify(options.resourceOverrides ?? {})
    const { ignore, problems } = readCustomizations({ 'resource.customizations': settings })
    if (problems.length > 0) return { expected: expected.error ?? false, got: true }
    const rules = rulesFor([...ignore, ...(options.ignoreDifferences ?? [])], object)
    const limit = options.jqTimeoutSeconds
    const engine = limit === undefined ? jq : createJq(limit * 1_000)
    try {
      const left = await comparable(object, object, rules, engine.run)
      return {
        expected: { error: false, unchanged: expected.unchanged, failed: [] },
        got: {
          error: expected.error === true,
          unchanged: expected.unchanged && left === object,
          failed: failed(expected.asserts ?? [], { object: left }),
        },
      }
    } catch (error) {
      return { expected: expected.error ?? false, got: error instanceof Error }
    } finally {
      if (engine !== jq) await engine.close()
    }
  })
}
