import { isGlob } from '../glob.ts'
import type { AppProjectSpec } from './schema.ts'
import { windowProblems } from './window-problems.ts'

type ServiceAccount = NonNullable<AppProjectSpec['destinationServiceAccounts']>[number]

/**
 * What of an AppProject cannot be kept, each with its field. Nothing of the project is deployed until
 * it is corrected: what was meant to forbid must not permit.
 */
export function projectProblems(spec: AppProjectSpec): readonly string[] {
  const { sourceRepos = [], destinations = [], destinationServiceAccounts = [] } = spec
  const rules = [
    ...sourceRepos.map((rule) => ['sourceRepos', rule] as const),
    ...destinations.flatMap(({ server, name, namespace }) =>
      [server, name, namespace].map((rule) => ['destinations', rule] as const),
    ),
  ]
  return [
    ...rules
      .filter(([, rule]) => rule === '!*')
      .map(([field]) => `${field}: !* denies everything; leave the list empty instead`),
    ...windowProblems(spec),
    ...destinationServiceAccounts.flatMap(serviceAccountProblems),
    ...signatureProblems(spec),
  ]
}

/** PROJ-12. */
function serviceAccountProblems({
  server = '',
  namespace = '',
  defaultServiceAccount = '',
}: ServiceAccount): readonly string[] {
  const at = 'destinationServiceAccounts'
  const globs = [server, namespace].filter((glob) => glob.includes('!') || !isGlob(glob))
  const isName = /^[^!*[\]{}\\/\s]+$/.test(defaultServiceAccount.trim())
  return [
    ...globs.map((glob) => `${at}: ${glob} is no glob; deny rules are not known here`),
    ...(isName
      ? []
      : [
          `${at}: "${defaultServiceAccount}" is no service account; name one, as account or namespace:account`,
        ]),
  ]
}

/** PROJ-09, PROJ-10: who asks for signatures does not want what nobody verified. */
function signatureProblems({ signatureKeys = [], sourceIntegrity }: AppProjectSpec) {
  const policies = sourceIntegrity?.git?.policies ?? []
  const fields = [
    ...(signatureKeys.length > 0 ? ['signatureKeys'] : []),
    ...(policies.some(({ gpg }) => gpg !== undefined && gpg.mode !== 'none')
      ? ['sourceIntegrity']
      : []),
  ]
  return fields.map(
    (field) =>
      `${field}: signatures of commits are not verified by this version; take the field off to deploy without`,
  )
}
