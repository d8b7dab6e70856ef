import { z } from 'zod'
import { flag, integer, named, text, textMap, texts } from '../application/field-kinds.ts'
import type { Immutable } from '../immutable.ts'

/** PROJ-02. */
const destination = z.looseObject({ server: text(), name: text(), namespace: text() })

/** PROJ-04, PROJ-05. */
const resource = z.looseObject({ group: z.string().default(''), kind: z.string(), name: text() })

/** PROJ-06. */
const role = z.looseObject({
  name: z.string(),
  description: text(),
  policies: texts(),
  groups: texts(),
  jwtTokens: z.array(z.looseObject({ iat: z.int(), exp: integer(), id: text() })).optional(),
})

/** WIN group. */
const syncWindow = z.looseObject({
  kind: text(),
  schedule: text(),
  duration: text(),
  timeZone: text(),
  applications: texts(),
  namespaces: texts(),
  clusters: texts(),
  manualSync: flag(),
  andOperator: flag(),
  syncOverrun: flag(),
  description: text(),
})

const orphan = z.looseObject({ group: text(), kind: text(), name: text() })

/** PROJ-10. */
const gitPolicy = z.looseObject({
  repos: z.array(z.looseObject({ url: text() })).optional(),
  gpg: z.looseObject({ mode: text(), keys: texts() }).optional(),
})

const spec = z.looseObject({
  description: text(),
  sourceRepos: texts(),
  sourceNamespaces: texts(),
  destinations: z.array(destination).optional(),
  clusterResourceWhitelist: z.array(resource).optional(),
  clusterResourceBlacklist: z.array(resource).optional(),
  namespaceResourceWhitelist: z.array(resource).optional(),
  namespaceResourceBlacklist: z.array(resource).optional(),
  roles: z.array(role).optional(),
  syncWindows: z.array(syncWindow).optional(),
  orphanedResources: z.looseObject({ warn: flag(), ignore: z.array(orphan).optional() }).optional(),
  signatureKeys: z.array(z.looseObject({ keyID: z.string() })).optional(),
  sourceIntegrity: z
    .looseObject({ git: z.looseObject({ policies: z.array(gitPolicy).optional() }).optional() })
    .optional(),
  permitOnlyProjectScopedClusters: flag(),
  destinationServiceAccounts: z
    .array(z.looseObject({ server: text(), namespace: text(), defaultServiceAccount: text() }))
    .optional(),
  info: named(),
})

/** An AppProject with every field that Argo CD 3.6 knows; fields that nobody knows are kept. */
export const AppProjectObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('AppProject'),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().default(''),
    labels: textMap(),
    annotations: textMap(),
    finalizers: texts(),
  }),
  spec: spec.default({}),
})

export type AppProject = Immutable<z.infer<typeof AppProjectObject>>
export type AppProjectSpec = AppProject['spec']
export type ProjectDestination = Immutable<z.infer<typeof destination>>
export type ResourcePattern = Immutable<z.infer<typeof resource>>
