import type { PlanSpec } from '#shared/contract/offsets.ts'

/** Offsets that one view passes to the plan of another: too many for a tab's target, which is stored in the settings. */
export interface HandedSpecs {
  /** Their name, for the plan's "To": "the snapshot of 14:05". */
  readonly name: string
  readonly specs: readonly PlanSpec[]
}

const MOST = 10
const handed = new Map<string, HandedSpecs>()
let count = 0

/** Stores them and returns their name; they are kept as long as the page lives, the last ten. */
export function handOver(specs: HandedSpecs): string {
  count += 1
  const id = `handed-${count}-${Date.now().toString(36)}`
  handed.set(id, specs)
  for (const old of handed.keys()) {
    if (handed.size <= MOST) break
    handed.delete(old)
  }
  return id
}

/** undefined: the page was reloaded since. */
export function handedSpecs(id: string): HandedSpecs | undefined {
  return handed.get(id)
}
