import type { Temporal } from './temporal.ts'

const retentionSeconds = 30 * 24 * 3_600
const patienceMs = 30_000
const lookAgainMs = 100
// INDEXED_VALUE_TYPE_KEYWORD of temporal.api.enums.v1
const keyword = 2

/** Creates the namespace (30 days of history) and its Keyword search attributes; waits until both can be used. */
export async function prepareNamespace(
  { connection }: Temporal,
  namespace: string,
  searchAttributes: readonly string[],
): Promise<void> {
  const { workflowService, operatorService } = connection
  // the generated type wants a Long; the encoder takes a number as well
  const retention = { seconds: retentionSeconds as never }
  await workflowService
    .registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
    .catch(unlessExists)
  await until(async () => {
    await workflowService.describeNamespace({ namespace })
    return true
  })
  const wanted = Object.fromEntries(searchAttributes.map((name) => [name, keyword]))
  await until(async () => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace })
    const missing = Object.entries(wanted).filter(([name]) => !(name in (customAttributes ?? {})))
    if (missing.length === 0) return true
    await operatorService
      .addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) })
      .catch(unlessExists)
    return false
  })
}

const alreadyExists = 6

function unlessExists(error: unknown): void {
  if ((error as { code?: unknown }).code !== alreadyExists) throw error
}

/** A namespace is known to every part of Temporal only a moment after it was made. */
async function until(attempt: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs
  for (;;) {
    try {
      if (await attempt()) return
    } catch (error) {
      if (Date.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
  }
}
