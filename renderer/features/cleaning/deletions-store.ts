import type { DeleteSpec, DeletionsPlan } from '#shared/contract/deletions.ts'
import type { GroupApplied } from '#shared/contract/offsets.ts'
import { MOST_GROUPS } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { deletedGroupsSentence, deletionsSentence } from '#shared/offsets/deletions-sentence.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createPlannedChange, type PlannedChangeStore } from '../../stores/planned-change.ts'

/** What a plan is made for. A new object means a new plan. */
export interface DeletionChoice {
  readonly specs: readonly DeleteSpec[]
}

/** One plan to review. It is applied in the parts in which it was requested, each with as many groups as one call takes. */
export interface Deletions extends DeletionsPlan {
  readonly parts: readonly DeletionsPlan[]
}

export interface Deleted {
  readonly items: readonly GroupApplied[]
  readonly summary: string
}

export type DeletionsStore = PlannedChangeStore<DeletionChoice, Deletions, Deleted>

export function createDeletionsStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  specs: readonly DeleteSpec[],
  onStep: (done: number) => void,
): DeletionsStore {
  return createPlannedChange<DeletionChoice, Deletions, Deleted>({
    first: { specs },
    ask: async (choice, signal) => {
      const parts: DeletionsPlan[] = []
      for (let at = 0; at < choice.specs.length; at += MOST_GROUPS) {
        onStep(at)
        const groups = choice.specs.slice(at, at + MOST_GROUPS)
        parts.push(await api.call('offsets.planDeletions', { connectionId, groups }, { signal }))
      }
      return together(parts)
    },
    canApply: (plan) => plan !== undefined && plan.refusal === null && plan.plans.some(isAble),
    send: async ({ plan, confirm }) => {
      const items: GroupApplied[] = []
      for (const part of plan.parts) {
        onStep(items.length)
        if (!part.plans.some(isAble)) continue
        const input = { connectionId, plan: part, ...(confirm === undefined ? {} : { confirm }) }
        items.push(...(await api.call('offsets.applyDeletions', input)).items)
      }
      return { items, summary: deletedGroupsSentence(items) }
    },
  })
}

function together(parts: readonly DeletionsPlan[]): Deletions {
  const plans = parts.flatMap((part) => part.plans)
  const failures = parts.flatMap((part) => part.failures)
  const refusal = parts.every((part) => part.refusal !== null) ? (parts[0]?.refusal ?? null) : null
  return { plans, failures, refusal, summary: deletionsSentence(plans, failures), parts }
}

const isAble = ({ refusal, what, rows }: DeletionsPlan['plans'][number]): boolean =>
  refusal === null && (what === 'group' || rows.some((row) => row.status === 'change'))
