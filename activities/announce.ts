import type { StoredApplication } from '../clients/applications.ts'
import { ManifestError } from '../core/errors.ts'
import { operationId } from '../core/flow/names.ts'
import type { HookReport } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'
import { announcementOf } from '../core/notification/announcement.ts'
import type { HookRun } from '../core/plan/hook.ts'
import type { ActivityClients } from './clients.ts'
import type { Desired } from './rendered.ts'

/**
 * Runs a hook that is a notice: hands what it says to the workflow that tells people, in which it is
 * known when it comes again. Whether Slack is there is not waited for.
 */
export async function announce(
  { announce: hand }: Pick<ActivityClients, 'announce'>,
  { ref }: StoredApplication,
  { key, manifest }: Desired,
  { startedAt, phase }: HookRun,
): Promise<HookReport> {
  const done = (message: string): HookReport => ({
    key,
    created: true,
    phase: 'Succeeded',
    message,
  })
  try {
    const run = { operation: operationId(ref, startedAt), startedAt, phase }
    const announcement = announcementOf(manifest, run)
    if (hand === undefined) {
      return done('nobody was told: Slack is not set up (SLACK_BOT_TOKEN and SLACK_CHANNEL)')
    }
    await hand(ref, announcement)
    return done(`${announcement.channel} is told`)
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    return { key, created: false, phase: 'Error', message: `${showKey(key)}: ${error.message}` }
  }
}
