import type { StoredApplication } from '../clients/applications.ts'
import { NetworkError, NotFoundError } from '../core/errors.ts'
import type { ApiClients } from './clients.ts'
import type { Feed } from './feed.ts'
import { TimeoutError } from './refusal.ts'

const refreshAnnotation = 'argocd.argoproj.io/refresh'
const timestampAnnotation = 'argocd.argoproj.io/refresh-timestamp'
const patienceMs = 60_000

type Clients = Pick<ApiClients, 'applications' | 'now' | 'stopping'>

/**
 * Asks for a new comparison by the annotation, as kubectl can, and waits until the engine has taken
 * the annotation away (API-05). TimeoutError after 60 s; the request then still stands.
 */
export async function refresh(
  { applications, now, stopping }: Clients,
  feed: Feed,
  { ref }: StoredApplication,
  type: 'normal' | 'hard',
): Promise<StoredApplication> {
  const annotations = {
    [refreshAnnotation]: type,
    [timestampAnnotation]: new Date(now()).toISOString(),
  }
  await applications.patch(ref, { metadata: { uid: ref.uid, annotations } })
  const done = Promise.withResolvers<StoredApplication>()
  // from here on the index knows our annotation, or what came after it
  const look = (): void => {
    const current = applications.get(ref.namespace, ref.name)
    if (current?.ref.uid !== ref.uid) {
      done.reject(new NotFoundError(`the Application ${ref.name} was deleted meanwhile`))
    } else if (current.object.metadata.annotations?.[refreshAnnotation] === undefined) {
      done.resolve(current)
    }
  }
  const leave = feed.listen(look)
  const stop = (): void => done.reject(new NetworkError('the API is stopping; ask again'))
  stopping.addEventListener('abort', stop)
  const timer = setTimeout(() => done.reject(tooLate(ref.name)), patienceMs)
  try {
    look()
    return await done.promise
  } finally {
    clearTimeout(timer)
    leave()
    stopping.removeEventListener('abort', stop)
  }
}

function tooLate(name: string): TimeoutError {
  return new TimeoutError(
    `the Application ${name} was not compared within ${patienceMs / 1000} s; the request stands, see whether a worker runs`,
  )
}
