import type { ApplicationIndex } from '../clients/applications.ts'
import { RenderError } from '../core/errors.ts'
import { permitsSource, readProject } from '../core/project.ts'
import { readToolSettings } from '../core/render/tool-settings.ts'
import type { ActivityClients } from './clients.ts'
import type { MayRead } from './helm-reads.ts'

type AddressRules = Pick<ActivityClients, 'setting'> & {
  readonly applications: Pick<ApplicationIndex, 'project'>
}

/** Lets through the addresses of value files that the operator's settings and the project permit (HELM-01, H3). */
export function addressGuard({ applications, setting }: AddressRules, project: string): MayRead {
  return (address) => {
    const { valueSchemes } = readToolSettings(setting)
    if (!valueSchemes.some((scheme) => address.startsWith(`${scheme}://`))) {
      throw new RenderError(
        `the value file ${address} may not be read: helm.valuesFileSchemes of argocd-cm permits ${valueSchemes.join(', ')}`,
      )
    }
    const object = applications.project(project)
    if (object !== undefined && permitsSource(readProject(object).spec, address)) return
    throw new RenderError(
      `the project ${project} does not permit the value file ${address}; add it to its sourceRepos`,
    )
  }
}
