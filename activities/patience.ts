import type { HealthNews } from '../clients/health-news.ts'

const shortMs = 1_800
const crowd = 16
// in a crowd the cluster is busy, and to come back costs more than to stay as long as there is room
const longMs = 15_000
const room = 400

/** Whether so many operations wait that whoever can should not come back soon. */
export function isCrowded(news: Pick<HealthNews, 'attended'>): boolean {
  return news.attended() > crowd
}

/**
 * How long a step may stay for what it waits for, in ms: two seconds, longer in a crowd. Never as
 * long as it takes, since a step that stays holds a slot of the worker.
 */
export function patienceMs(news: Pick<HealthNews, 'attended'>): number {
  return isCrowded(news) && news.attended() <= room ? longMs : shortMs
}
