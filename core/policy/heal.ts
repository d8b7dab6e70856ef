import type { HealBudget } from '../status/status.ts'

const tokens = 10
const refillMs = 30_000
const firstDelayMs = 1_000
const lastDelayMs = 300_000

/**
 * How long to wait before the next self-heal of an object, in ms: ten heals per object without
 * delay, one more every 30 s, then 1 s × 2 up to 5 min (design §8, in place of AUTO-11).
 */
export function healDelay(budget: HealBudget | undefined, now: number): number {
  if (budget === undefined || refilled(budget, now).tokens >= 1) return 0
  const due = budget.at + Math.min(firstDelayMs * 2 ** budget.over, lastDelayMs)
  return Math.max(0, due - now)
}

/** The budget after one more heal; `over` counts those beyond it and starts again once it is refilled. */
export function afterHeal(budget: HealBudget | undefined, now: number): HealBudget {
  if (budget === undefined) return { tokens: tokens - 1, at: now, over: 0 }
  const { tokens: left } = refilled(budget, now)
  return left >= 1
    ? { tokens: left - 1, at: now, over: 0 }
    : { tokens: left, at: now, over: budget.over + 1 }
}

/** Whether a budget is back to full and need not be kept. */
export function isFull(budget: HealBudget, now: number): boolean {
  return refilled(budget, now).tokens >= tokens
}

function refilled(budget: HealBudget, now: number): HealBudget {
  return { ...budget, tokens: Math.min(tokens, budget.tokens + (now - budget.at) / refillMs) }
}
