import { applicationManifest } from '../harness/application.ts'

/** Nobody answers there. */
export const repoURL = 'https://git.example.com/shop.git'

/** An Application of a repository that is not there: only the API has to do with it. */
export function shopApplication(name: string, spec: object = {}) {
  return applicationManifest({ name, repoURL, namespace: 'shop', spec })
}
