import { patched } from '@temporalio/workflow'
import type { Decision } from '../core/flow.ts'

/** Whether the run has what came with this behaviour; see core/flow/behaviour.ts. */
export function behavesAs({ behaviour = 0 }: Decision, wanted: number): boolean {
  return behaviour >= wanted
}

/** The same for changes of before, which runs of their time carry as marks in the history. */
export function hasPatch(decision: Decision, id: string): boolean {
  return behavesAs(decision, 3) || patched(id)
}
