import { createStore, type StoreApi } from 'zustand/vanilla'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { failed, idle, loading, ready, type Fetched } from './fetched.ts'

export interface PlannedChangeState<Form, Plan, Result> {
  readonly form: Form
  /** The plan for this form, or the previous one while this is being computed. */
  readonly plan: Fetched<Plan>
  /** Which form the plan is for. */
  readonly planned: Form | undefined
  readonly isApplying: boolean
  readonly result: Result | undefined
  readonly applyError: ErrorValue | undefined
}

export interface PlannedChangeStore<Form, Plan, Result> extends StoreApi<PlannedChangeState<Form, Plan, Result>> {
  /** Sets another form; the outcome of the last one is cleared, because it would be read as this one's. */
  change: (form: Form) => void
  /** Plans again; an earlier request for a plan is cancelled. */
  planAgain: () => Promise<void>
  /** The view closes: a requested plan is cancelled. A running apply goes on. */
  stop: () => void
  /** Applies only the plan that is shown, once. */
  apply: (confirm?: string) => Promise<void>
}

/** How a plan is made, and what applies it. */
export interface ChangeOnItsWay<Form, Plan, Result> {
  first: Form
  ask: (form: Form, signal: AbortSignal) => Promise<Plan>
  canApply: (plan: Plan | undefined) => boolean
  /** The route that takes the plan, with the profile's name if it had to be typed. */
  send: (input: { plan: Plan; confirm?: string }) => Promise<Result>
}

/** The state of a change in a view: a form, the plan that `ask` makes of it, and the outcome of applying it. */
export function createPlannedChange<Form, Plan, Result>({
  first,
  ask,
  canApply,
  send,
}: ChangeOnItsWay<Form, Plan, Result>): PlannedChangeStore<Form, Plan, Result> {
  const store = createStore<PlannedChangeState<Form, Plan, Result>>(() => ({
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
      if (isApplying || plan.status !== 'ready' || result !== undefined || form !== planned) return
      if (plan.value === undefined || !canApply(plan.value)) return
      set({ isApplying: true, applyError: undefined })
      try {
        const input = { plan: plan.value, ...(confirm === undefined ? {} : { confirm }) }
        set({ result: await send(input), isApplying: false })
      } catch (error) {
        set({ applyError: toErrorValue(error), isApplying: false })
      }
    },
  }
}
