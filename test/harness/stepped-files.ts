import { configMap } from './application.ts'
import { hookJob } from './hook.ts'
import { slowDeployment } from './slow-deployment.ts'

/** A hook, two waves and a wait for health; `b` is pruned and `a` changed by the second version. */
export const steppedFiles = (name: string, version: 1 | 2) => ({
  // a program renders it, so that the step lasts long enough to be seen
  [`${name}/kustomization.yaml`]: JSON.stringify({
    resources: ['before.yaml', 'a.yaml', ...(version === 1 ? ['b.yaml'] : []), 'web.yaml'],
  }),
  [`${name}/before.yaml`]: hookJob('before', 'PreSync'),
  [`${name}/a.yaml`]: configMap('a', `${version}`),
  [`${name}/b.yaml`]: version === 1 ? configMap('b', '1') : null,
  [`${name}/web.yaml`]: slowDeployment('web', '2s', 1),
})
