import type { ConditionText } from '../flow.ts'
import { keyOf, showKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { instanceOf } from '../manifest/tracking.ts'

export const sharedCondition = 'SharedResourceWarning'

const maxNamed = 10

/**
 * What an application declares and another one tracks (SYNC-31): whoever synced last has it, and each
 * undoes what the other does. One condition for each of the others.
 */
export function sharedWarnings(
  live: readonly Manifest[],
  instance: string,
): readonly ConditionText[] {
  const owned = live.map((object) => ({ key: keyOf(object), owner: instanceOf(object) }))
  const foreign = owned.filter(({ owner }) => owner !== undefined && owner !== instance)
  return [...Map.groupBy(foreign, ({ owner }) => owner)].map(([owner, objects]) => {
    const named = objects.slice(0, maxNamed).map(({ key }) => showKey(key))
    const more = objects.length > maxNamed ? ` and ${objects.length - maxNamed} more` : ''
    return {
      type: sharedCondition,
      message: `part of the applications ${instance} and ${owner}: ${named.join(', ')}${more}; take them out of one of the two`,
    }
  })
}
