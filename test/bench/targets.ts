/** What one run of gitops-bench.mjs prints; parts that were switched off are missing. */
export type BenchResult = {
  readonly apps: number
  readonly objects: number
  readonly create_all_healthy_s: number
  readonly create_cpu_s: number
  readonly push_to_live_ms: Spread
  readonly push_to_healthy_ms: Spread
  readonly drift_to_healed_ms: Spread
  readonly same_object_drift_ms: readonly number[]
  readonly burst_all_healthy_s: number
  readonly burst_cpu_s: number
  readonly idle_cpu_pct: number
  readonly own_idle_cpu_pct: number
  readonly rss_mb: number
  readonly own_rss_mb: number
  readonly delete_all_s: number
}

type Spread = { readonly p50: number; readonly max: number; readonly n: number }

type Target = {
  readonly apps: number
  readonly work: string
  readonly measured: (result: BenchResult) => number
  readonly atMost: number
  readonly unit: 's' | 'ms' | '%' | 'MB'
}

const pushToLive = (result: BenchResult): number => result.push_to_live_ms.p50
const create = (result: BenchResult): number => result.create_all_healthy_s
const burst = (result: BenchResult): number => result.burst_all_healthy_s
const heal = (result: BenchResult): number => result.drift_to_healed_ms.p50
const healAgain = (result: BenchResult): number => Math.max(...result.same_object_drift_ms)

const targets: readonly Target[] = [
  row(10, 'push → live, p50', pushToLive, 250, 'ms'),
  row(10, 'push → Synced and Healthy, p50', (result) => result.push_to_healthy_ms.p50, 400, 'ms'),
  row(10, 'drift → healed, p50', heal, 200, 'ms'),
  row(10, 'the same object again, slowest', healAgain, 1000, 'ms'),
  row(100, 'created → all Healthy', create, 10, 's'),
  row(100, 'push one → live, p50', pushToLive, 400, 'ms'),
  row(100, 'drift → healed, p50', heal, 200, 'ms'),
  row(100, 'the same object again, slowest', healAgain, 1000, 'ms'),
  row(100, 'one commit for all → all Healthy', burst, 10, 's'),
  row(100, 'all deleted', (result) => result.delete_all_s, 8, 's'),
  row(100, 'memory of our processes', (result) => result.own_rss_mb, 800, 'MB'),
  row(300, 'created → all Healthy', create, 30, 's'),
  row(300, 'one commit for all → all Healthy', burst, 30, 's'),
  row(300, 'push one → live, p50', pushToLive, 500, 'ms'),
  row(300, 'idle CPU of our processes', (result) => result.own_idle_cpu_pct, 2, '%'),
]

/** Each target of the design that this run measured, and whether it was reached. */
export function compareWithTargets(result: BenchResult) {
  return targets
    .filter(({ apps }) => apps === result.apps)
    .map(({ work, measured, atMost, unit }) => {
      const value = measured(result)
      return {
        applications: result.apps,
        work,
        measured: `${value} ${unit}`,
        target: `≤ ${atMost} ${unit}`,
        reached: value <= atMost,
      }
    })
}

function row(
  apps: number,
  work: string,
  measured: Target['measured'],
  atMost: number,
  unit: Target['unit'],
): Target {
  return { apps, work, measured, atMost, unit }
}
