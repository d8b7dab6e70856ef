import { z } from 'zod'
import type { Immutable } from '../immutable.ts'
import { anything, flag, integer, named, text, textMap, texts } from './field-kinds.ts'
import { Retry, ApplicationSource as Source, SourceHydrator } from './source.ts'

const automated = z.looseObject({
  enabled: flag(),
  prune: flag(),
  selfHeal: flag(),
  allowEmpty: flag(),
})

/** SYNCP-01 to SYNCP-09. */
const syncPolicy = z.looseObject({
  automated: automated.optional(),
  syncOptions: texts(),
  retry: Retry.optional(),
  managedNamespaceMetadata: z.looseObject({ labels: textMap(), annotations: textMap() }).optional(),
})

/** APP-03. */
const destination = z.looseObject({ server: text(), name: text(), namespace: text() })

/** APP-09, DIFF-04 to DIFF-07. */
const ignoredDifference = z.looseObject({
  group: text(),
  kind: text(),
  name: text(),
  namespace: text(),
  jsonPointers: texts(),
  jqPathExpressions: texts(),
  managedFieldsManagers: texts(),
})

/** APP-02 to APP-11. */
const spec = z.looseObject({
  project: text(),
  source: Source.optional(),
  sources: z.array(Source).optional(),
  sourceHydrator: SourceHydrator.optional(),
  destination: destination.default({}),
  syncPolicy: syncPolicy.optional(),
  ignoreDifferences: z.array(ignoredDifference).optional(),
  info: named(),
  revisionHistoryLimit: z.int().min(0).optional(),
})

const operationResource = z.looseObject({
  group: text(),
  kind: text(),
  name: text(),
  namespace: text(),
})

/** SYNC-17 to SYNC-23: what one sync is asked to do. */
const syncOperation = z.looseObject({
  revision: text(),
  revisions: texts(),
  prune: flag(),
  dryRun: flag(),
  syncStrategy: anything(),
  resources: z.array(operationResource).optional(),
  source: Source.optional(),
  sources: z.array(Source).optional(),
  manifests: texts(),
  syncOptions: texts(),
  autoHealAttemptsCount: integer(),
})

/** APP-01: a request to act, cleared when the operation ends. */
const operation = z.looseObject({
  sync: syncOperation.optional(),
  initiatedBy: z.looseObject({ username: text(), automated: flag() }).optional(),
  info: named(),
  retry: Retry.optional(),
})

const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  uid: text(),
  resourceVersion: text(),
  generation: integer(),
  labels: textMap(),
  annotations: textMap(),
  finalizers: texts(),
  creationTimestamp: text(),
  deletionTimestamp: text(),
})

/** An Application with every field that Argo CD 3.6 knows; fields that nobody knows are kept. */
export const ApplicationObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Application'),
  metadata,
  spec: spec.default({ destination: {} }),
  operation: operation.optional(),
  status: anything(),
})

type Parsed = z.infer<typeof ApplicationObject>
export type Application = Immutable<Parsed>
export type ApplicationSpec = Application['spec']
export type ApplicationSource = Immutable<z.infer<typeof Source>>
export type Destination = Immutable<z.infer<typeof destination>>

/** Whether a block of a source says anything: an empty one chooses no tool (SRC-10). */
export function isFilled(block: object | undefined): boolean {
  return block !== undefined && Object.values(block).some((value) => value !== undefined)
}
