/**
 * The shapes that travel between the steps, in the order in which they are made:
 * Wake → Decision → Fetched → RenderedManifests → ResourceDiff[] → SyncPlan → SyncResult → HealthReport.
 * Each is readonly plain JSON, made in one place; none carries a manifest body or an Application's spec.
 */

export type * from './flow/decision.ts'
export type * from './flow/plan.ts'
export type * from './flow/rendered.ts'
export type * from './flow/report.ts'
export type * from './flow/result.ts'
export type * from './flow/wake.ts'
