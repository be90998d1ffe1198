import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ApplyResult, DeletePlan, Scope } from '#shared/contract/offsets.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface DeleteForm {
  readonly what: DeletePlan['what']
  /** Of positions; none = all. */
  readonly scope: Scope
}

export interface DeleteState {
  readonly form: DeleteForm
  /** The plan of this form, or of the one before while this is asked for. */
  readonly plan: Fetched<DeletePlan>
  readonly isApplying: boolean
  readonly result: ApplyResult | undefined
  readonly applyError: ErrorValue | undefined
}

export interface DeleteStore extends StoreApi<DeleteState> {
  /** Another form: what came of the last one would be read as this one's. */
  change: (form: DeleteForm) => Promise<void>
  /** Reads everything anew and plans again. */
  planAgain: () => Promise<void>
  /** Only the plan in view, once. */
  apply: (confirm?: string) => Promise<void>
}

export function createDeleteStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  group: string,
): DeleteStore {
  const store = createStore<DeleteState>(() => ({
    form: { what: 'positions', scope: [] },
    plan: idle,
    isApplying: false,
    result: undefined,
    applyError: undefined,
  }))
  const { getState: get, setState: set } = store
  let turn = 0

  const planAgain = async (): Promise<void> => {
    if (get().isApplying) return
    const mine = ++turn
    const { what, scope } = get().form
    set(({ plan }) => ({ plan: loading(plan), result: undefined, applyError: undefined }))
    try {
      const plan = await api.call('offsets.planDelete', { connectionId, group, what, scope })
      if (mine === turn) set({ plan: ready(plan) })
    } catch (error) {
      if (mine === turn) set(({ plan }) => ({ plan: failed(plan, error) }))
    }
  }

  return {
    ...store,
    planAgain,
    change: async (form) => {
      if (get().isApplying) return
      set({ form })
      await planAgain()
    },
    apply: async (confirm) => {
      const { plan, isApplying, result } = get()
      if (isApplying || plan.status !== 'ready' || result !== undefined || !canDelete(plan.value)) return
      set({ isApplying: true, applyError: undefined })
      // Only a plan that is there is applied.
      const input = { connectionId, plan: plan.value!, ...(confirm === undefined ? {} : { confirm }) }
      try {
        set({ result: await api.call('offsets.delete', input), isApplying: false })
      } catch (error) {
        set({ applyError: toErrorValue(error), isApplying: false })
      }
    },
  }
}

export function canDelete(plan: DeletePlan | undefined): boolean {
  if (plan === undefined || plan.refusal !== null) return false
  return plan.what === 'group' || plan.rows.some((row) => row.status === 'change')
}
