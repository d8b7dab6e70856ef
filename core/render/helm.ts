import type { ApplicationSource } from '../application.ts'
import { InvalidSpecError } from '../errors.ts'
import { type BuildEnvironment, substitute } from './environment.ts'

type Options = NonNullable<ApplicationSource['helm']>

/** What `helm template` is told beside the options of the source. */
export type HelmContext = {
  /** Name of the Application: the release, unless the source names one (HELM-08). */
  readonly application: string
  readonly namespace: string
  /** Of the destination cluster; undefined when it could not be asked (HELM-15). */
  readonly kubeVersion: string | undefined
  readonly apiVersions: readonly string[]
  /** Copies of the value files in their order, under names that Helm cannot read as more than one. */
  readonly valueFiles: readonly string[]
  /** The same of the file parameters, in the order of the source. */
  readonly parameterFiles: readonly string[]
  /** File with the inline values; undefined when there are none. */
  readonly inlineValues: string | undefined
}

const releaseForm = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/
const longestRelease = 53

/**
 * The arguments of `helm template` (HELM-01 to HELM-15). Every value stands behind `--flag=`, so that
 * none can be an option; what comes later wins: value files, inline values, parameters, file parameters.
 */
export function helmArguments(options: Options, context: HelmContext): readonly string[] {
  const release = options.releaseName || context.application
  if (!releaseForm.test(release) || release.length > longestRelease) {
    throw new InvalidSpecError(
      `spec.source.helm.releaseName: ${release} is no release name; use at most ${longestRelease} small letters, digits, "-" and "."`,
    )
  }
  const { version = '' } = options
  if (!['', 'v3', 'v4'].includes(version)) {
    throw new InvalidSpecError(`spec.source.helm.version: ${version} is neither v3 nor v4`)
  }
  const { kubeVersion, apiVersions } = toldCapabilities(options, context)
  return [
    'template',
    release,
    '.',
    `--namespace=${options.namespace || context.namespace}`,
    ...(options.skipCrds === true ? [] : ['--include-crds']),
    ...(options.skipTests === true ? ['--skip-tests'] : []),
    ...(options.skipSchemaValidation === true ? ['--skip-schema-validation'] : []),
    ...(kubeVersion === undefined ? [] : [`--kube-version=${kubeVersion}`]),
    ...apiVersions.map((name) => `--api-versions=${name}`),
    ...context.valueFiles.map((file) => `--values=${file}`),
    ...(context.inlineValues === undefined ? [] : [`--values=${context.inlineValues}`]),
    ...(options.parameters ?? []).map(
      ({ name = '', value = '', forceString }) =>
        `--${forceString === true ? 'set-string' : 'set'}=${name}=${escaped(value)}`,
    ),
    ...(options.fileParameters ?? []).map(
      ({ name = '' }, index) => `--set-file=${plainName(name)}=${context.parameterFiles[index]}`,
    ),
  ]
}

type Told = { readonly kubeVersion: string | undefined; readonly apiVersions: readonly string[] }

/** What charts are told of the cluster, where the source does not say otherwise (HELM-15, KUST-11). */
export function toldCapabilities(
  options: Pick<Options, 'kubeVersion' | 'apiVersions'>,
  cluster: Told | undefined,
): Told {
  return {
    kubeVersion: numbersOf(options.kubeVersion || cluster?.kubeVersion),
    apiVersions: options.apiVersions?.length ? options.apiVersions : (cluster?.apiVersions ?? []),
  }
}

/** `v1.30.11-gke.100+x` is what a cloud calls 1.30.11; to a chart it would be a version before 1.30.11 (HELM-15). */
function numbersOf(version: string | undefined): string | undefined {
  return version === undefined ? undefined : (/^v?(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? version)
}

/** Helm reads `a=/etc/x,b` as two parameters, and the first as a file of ours (H1). */
function plainName(name: string): string {
  if (/^[\w.[\]-]+$/.test(name)) return name
  throw new InvalidSpecError(
    `spec.source.helm.fileParameters: ${name} is no name of a value; use letters, digits, ".", "-", "_" and "[0]"`,
  )
}

/** A comma separates parameters, except inside the braces of a list and where it is escaped already. */
function escaped(value: string): string {
  return /^\{.*\}$/s.test(value) ? value : value.replaceAll(/(?<!\\),/g, '\\,')
}

/** The inline values as a file holds them; `valuesObject` wins (HELM-04). Undefined when there are none. */
export function inlineValuesOf({ values, valuesObject }: Options): string | undefined {
  if (valuesObject !== undefined) return JSON.stringify(valuesObject)
  return values === undefined || values === '' ? undefined : values
}

/** The source with the build environment in the names of its value and parameter files (SRC-13). */
export function withNamedFiles<Source extends ApplicationSource>(
  source: Source,
  environment: BuildEnvironment,
): Source {
  const { helm } = source
  if (helm === undefined) return source
  const named = (path: string): string => substitute(path, environment)
  const { valueFiles, fileParameters } = helm
  return {
    ...source,
    helm: {
      ...helm,
      ...(valueFiles && { valueFiles: valueFiles.map(named) }),
      ...(fileParameters && {
        fileParameters: fileParameters.map(({ path = '', ...rest }) => ({
          ...{ ...rest, path: named(path) },
        })),
      }),
    },
  }
}

/** The source that a file named as `$ref/path` is taken from, by its ref; undefined for any other (SRC-08). */
export function lenderOf(file: string): string | undefined {
  return /^\$([^/]+)/.exec(file)?.[1]
}
