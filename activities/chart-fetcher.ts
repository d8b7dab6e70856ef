import type { ApplicationIndex } from '../clients/applications.ts'
import type { Charts } from '../clients/charts.ts'
import { RenderError } from '../core/errors.ts'
import { permitsSource, readProject } from '../core/project.ts'
import { isPublicAddress } from '../core/render/chart-dependencies.ts'
import type { FetchChart } from './chart-dependencies.ts'

type ChartFetching = {
  readonly applications: Pick<ApplicationIndex, 'project'>
  readonly charts: Charts
}

/**
 * Gets the dependencies of charts for an Application of this project: with credentials only from
 * where its `sourceRepos` permit, as Argo CD does, and elsewhere only from public addresses (HELM-22).
 */
export function chartFetcher({ applications, charts }: ChartFetching, project: string): FetchChart {
  const object = applications.project(project)
  const spec = object === undefined ? {} : readProject(object).spec
  return async ({ name, repository: url, version }) => {
    const ask = { url, chart: name, version }
    if (permitsSource(spec, url)) return await charts.find(ask, project)
    if (isPublicAddress(url)) return await charts.find(ask, undefined)
    throw new RenderError(
      `the chart ${name} lies in ${url}, which the project ${project} does not permit; add it to its sourceRepos or vendor the chart`,
    )
  }
}
