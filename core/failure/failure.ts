import type { FailureText } from '../flow.ts'

/** The closed list of what can go wrong in a deployment; every failure is one of these, everywhere it is told. */
export const causes = [
  'git-access',
  'git-auth',
  'manifest-syntax',
  'render',
  'unknown-kind',
  'conflict',
  'permission',
  'admission',
  'quota',
  'hook',
  'health-timeout',
  'network',
] as const
export type Cause = (typeof causes)[number]

/** A failure as people read it: what, where, why, and what to do about it. */
export type Failure = {
  readonly cause: Cause
  /** The object it is about, as `showKey` writes it; absent when it is about none. */
  readonly object?: string
  /** What was seen, in the words of whoever refused. */
  readonly evidence: string
  readonly next: string
}

type Advice = { readonly cause: Cause; readonly next: string }

/** By the name of the error class, which is the type of the failure on every wire. */
const advice: Readonly<Record<string, Advice>> = {
  GitAccessError: {
    cause: 'git-access',
    next: 'check that the repository answers and that repoURL, targetRevision and path exist in it',
  },
  GitAuthError: {
    cause: 'git-auth',
    next: 'renew the credentials of the repository, or grant them read access',
  },
  ManifestError: { cause: 'manifest-syntax', next: 'correct the file at the named line and push' },
  RenderError: {
    cause: 'render',
    next: 'run the same tool on the folder, correct what it names and push',
  },
  InvalidSpecError: { cause: 'render', next: 'correct the field of the Application that is named' },
  ScriptTimeout: {
    cause: 'render',
    next: 'shorten the expression in ignoreDifferences; it may run for a second',
  },
  UnknownKindError: {
    cause: 'unknown-kind',
    next: 'install the CustomResourceDefinition, or correct apiVersion and kind',
  },
  ConflictError: {
    cause: 'conflict',
    next: 'find out who else writes the object and let only one of them do it',
  },
  PermissionError: {
    cause: 'permission',
    next: 'grant the right in RBAC, or permit it in the AppProject',
  },
  AdmissionDenied: {
    cause: 'admission',
    next: 'change the object as the API server or its webhook asks, and push',
  },
  NotFoundError: {
    cause: 'admission',
    next: 'create what is missing first; for the namespace set the sync option CreateNamespace=true',
  },
  QuotaExceeded: { cause: 'quota', next: 'raise the quota, or ask for less' },
  HookError: {
    cause: 'hook',
    next: 'read the logs of the hook, correct it and push, or sync again',
  },
  HealthError: {
    cause: 'health-timeout',
    next: 'look at the object and the logs of its pods; push a fix or roll back',
  },
  NetworkError: {
    cause: 'network',
    next: 'wait: it is tried again by itself; check the network to what is named',
  },
}

/** What is not in the list has no rule of ours; whoever answered with it has to be reached first. */
const otherwise = advice.NetworkError as Advice

/** The failure as it is told in status, events, logs, CLI and Slack. */
export function explainFailure({ type, message, object }: FailureText): Failure {
  const { cause, next } = advice[type] ?? otherwise
  return { cause, ...(object !== undefined && { object }), evidence: message, next }
}

/** One line for people: `admission: Deployment shop/web: <evidence>; <what to do>`. */
export function showFailure({ cause, object, evidence, next }: Failure): string {
  const about = object === undefined || evidence.includes(object) ? '' : `${object}: `
  return `${cause}: ${about}${evidence}; ${next}`
}
