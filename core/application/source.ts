import { z } from 'zod'
import { anything, flag, integer, named, text, textMap, texts } from './field-kinds.ts'

/** HELM-01 to HELM-15. */
const helm = z.looseObject({
  valueFiles: texts(),
  parameters: z
    .array(z.looseObject({ name: text(), value: text(), forceString: flag() }))
    .optional(),
  releaseName: text(),
  values: text(),
  valuesObject: anything(),
  fileParameters: z.array(z.looseObject({ name: text(), path: text() })).optional(),
  version: text(),
  passCredentials: flag(),
  ignoreMissingValueFiles: flag(),
  skipCrds: flag(),
  skipTests: flag(),
  skipSchemaValidation: flag(),
  namespace: text(),
  kubeVersion: text(),
  apiVersions: texts(),
})

const patchTarget = z.looseObject({
  group: text(),
  version: text(),
  kind: text(),
  name: text(),
  namespace: text(),
  labelSelector: text(),
  annotationSelector: text(),
})

/** KUST-01 to KUST-11. */
const kustomize = z.looseObject({
  namePrefix: text(),
  nameSuffix: text(),
  images: texts(),
  replicas: z
    .array(z.looseObject({ name: z.string(), count: z.union([z.int(), z.string()]) }))
    .optional(),
  commonLabels: textMap(),
  labelWithoutSelector: flag(),
  labelIncludeTemplates: flag(),
  forceCommonLabels: flag(),
  commonAnnotations: textMap(),
  commonAnnotationsEnvsubst: flag(),
  forceCommonAnnotations: flag(),
  namespace: text(),
  patches: z
    .array(
      z.looseObject({
        path: text(),
        patch: text(),
        target: patchTarget.optional(),
        options: z.record(z.string(), z.boolean()).optional(),
      }),
    )
    .optional(),
  components: texts(),
  ignoreMissingComponents: flag(),
  version: text(),
  kubeVersion: text(),
  apiVersions: texts(),
})

const jsonnetVariables = z
  .array(z.looseObject({ name: z.string(), value: text(), code: flag() }))
  .optional()

/** DIR-01 to DIR-06. */
const directory = z.looseObject({
  recurse: flag(),
  include: text(),
  exclude: text(),
  disableExtensionFilter: flag(),
  jsonnet: z
    .looseObject({ extVars: jsonnetVariables, tlas: jsonnetVariables, libs: texts() })
    .optional(),
})

/** DIR-07 to DIR-09. */
const plugin = z.looseObject({
  name: text(),
  env: named(),
  parameters: z
    .array(z.looseObject({ name: text(), string: text(), array: texts(), map: textMap() }))
    .optional(),
})

/** SRC-01 to SRC-09: where manifests come from and what makes them. */
export const ApplicationSource = z.looseObject({
  repoURL: text(),
  path: text(),
  targetRevision: text(),
  tagPrefix: text(),
  chart: text(),
  ref: text(),
  name: text(),
  helm: helm.optional(),
  kustomize: kustomize.optional(),
  directory: directory.optional(),
  plugin: plugin.optional(),
})

const drySource = z.looseObject({ repoURL: text(), path: text(), targetRevision: text() })
const branchAndPath = z.looseObject({ targetBranch: text(), path: text() })

/** APP-07. */
export const SourceHydrator = z.looseObject({
  drySource: drySource.optional(),
  syncSource: branchAndPath.optional(),
  hydrateTo: branchAndPath.optional(),
})

const backoff = z.looseObject({
  duration: z.union([z.string(), z.int()]).optional(),
  factor: integer(),
  maxDuration: z.union([z.string(), z.int()]).optional(),
})

/** SYNCP-05 to SYNCP-07. */
export const Retry = z.looseObject({
  limit: integer(),
  refresh: flag(),
  backoff: backoff.optional(),
})
