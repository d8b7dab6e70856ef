/**
 * How runs that begin now behave. It travels in their first decision, which the history keeps: a
 * run goes on as it began, whatever version of the worker it meets (docs/decisions/0016). Raised
 * with every change of the commands that a workflow gives.
 */
export const behaviour = 5
