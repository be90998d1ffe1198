import { createStore, type StoreApi } from 'zustand/vanilla'
import type { SchemaPlan, SchemaResult } from '#shared/contract/schema-plans.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface RegistryPlanState<Form> {
  readonly form: Form
  /** The plan of this form, or of the one before while this is asked for. */
  readonly plan: Fetched<SchemaPlan>
  /** Which form the plan is of. */
  readonly planned: Form | undefined
  readonly isApplying: boolean
  readonly result: SchemaResult | undefined
  readonly applyError: ErrorValue | undefined
}

export interface RegistryPlanStore<Form> extends StoreApi<RegistryPlanState<Form>> {
  /** Another form: what came of the last one would be read as this one's. */
  change: (form: Form) => void
  /** Asks the registry anew; a plan that was asked for before is no longer waited for. */
  planAgain: () => Promise<void>
  /** The view closes: a plan that is asked for is not waited for. What is applied goes on. */
  stop: () => void
  /** Only the plan in view, once. */
  apply: (confirm?: string) => Promise<void>
}

/** A change of the registry on its way: a form, the plan that `ask` makes of it, what came of applying that. */
export function createPlanStore<Form>(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  first: Form,
  ask: (form: Form, signal: AbortSignal) => Promise<SchemaPlan>,
): RegistryPlanStore<Form> {
  const store = createStore<RegistryPlanState<Form>>(() => ({
    form: first,
    plan: idle,
    planned: undefined,
    isApplying: false,
    result: undefined,
    applyError: undefined,
  }))
  const { getState: get, setState: set } = store
  let asking: AbortController | undefined
  return {
    ...store,
    change: (form) => {
      if (!get().isApplying) set({ form })
    },
    stop: () => asking?.abort(),
    planAgain: async () => {
      if (get().isApplying) return
      asking?.abort()
      const mine = new AbortController()
      asking = mine
      const { form } = get()
      set(({ plan }) => ({ plan: loading(plan), result: undefined, applyError: undefined }))
      try {
        const plan = await ask(form, mine.signal)
        if (!mine.signal.aborted) set({ plan: ready(plan), planned: form })
      } catch (error) {
        if (!mine.signal.aborted) set(({ plan }) => ({ plan: failed(plan, error) }))
      }
    },
    apply: async (confirm) => {
      const { plan, isApplying, result, form, planned } = get()
      if (isApplying || plan.status !== 'ready' || result !== undefined || form !== planned || !canApply(plan.value)) return // prettier-ignore
      set({ isApplying: true, applyError: undefined })
      // Only a plan that is there is applied.
      const input = { connectionId, plan: plan.value!, ...(confirm === undefined ? {} : { confirm }) }
      try {
        set({ result: await api.call('schemas.apply', input), isApplying: false })
      } catch (error) {
        set({ applyError: toErrorValue(error), isApplying: false })
      }
    },
  }
}

export function canApply(plan: SchemaPlan | undefined): boolean {
  if (plan === undefined || plan.refusal !== null) return false
  if (plan.action === 'compatibility') return plan.after !== plan.before.own || plan.subject === null
  return plan.action !== 'delete' || plan.rows.length > 0
}
