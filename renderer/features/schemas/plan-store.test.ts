import { describe, expect, it, vi } from 'vitest'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { canApply, createPlanStore } from './plan-store.ts'

const id = 'eu' as ConnectionId
const plan = (more: object = {}) => ({ action: 'delete', subject: 'orders-value', rows: [{ version: 1 }], refusal: null, permanent: false, ...more }) as unknown as SchemaPlan // oxfmt-ignore

function make(ask: (form: string, signal: AbortSignal) => Promise<SchemaPlan>) {
  const call = vi.fn<(route: string, input: unknown) => Promise<unknown>>(() =>
    Promise.resolve({ status: 'done', journalId: 'j1', versions: [], error: null, summary: 'Done.' }),
  )
  const store = createPlanStore<string>({ call } as unknown as Pick<StoreApiPort, 'call'>, id, 'first', ask)
  return { store, call }
}

describe('a change of the registry on its way', () => {
  it('applies the plan in view, once, and only while it is of the form in view', async () => {
    const { store, call } = make(() => Promise.resolve(plan()))
    await store.apply()
    expect(call).not.toHaveBeenCalled()
    await store.planAgain()
    store.change('other')
    await store.apply()
    expect(call).not.toHaveBeenCalled()
    await store.planAgain()
    await Promise.all([store.apply('eu'), store.apply('eu')])
    await store.apply('eu')
    expect(call.mock.calls).toEqual([['schemas.apply', { connectionId: id, plan: plan(), confirm: 'eu' }]])
    expect(store.getState().result?.summary).toBe('Done.')
  })

  it('waits for no plan but the newest', async () => {
    const answers = new Map<string, PromiseWithResolvers<SchemaPlan>>()
    const signals: AbortSignal[] = []
    const { store } = make((form, signal) => {
      const answer = Promise.withResolvers<SchemaPlan>()
      answers.set(form, answer)
      signals.push(signal)
      return answer.promise
    })
    const first = store.planAgain()
    store.change('second')
    const second = store.planAgain()
    expect(signals[0]!.aborted).toBe(true)
    answers.get('second')!.resolve(plan({ subject: 'second' }))
    await second
    answers.get('first')!.resolve(plan({ subject: 'first' }))
    await first
    expect(store.getState().plan.value?.subject).toBe('second')
  })

  it('keeps the plan through a refresh that fails, and does not apply it then', async () => {
    let isFirst = true
    const { store, call } = make(() => (isFirst ? Promise.resolve(plan()) : Promise.reject(new Error('no answer'))))
    await store.planAgain()
    isFirst = false
    await store.planAgain()
    expect(store.getState().plan).toMatchObject({ status: 'failed', value: { subject: 'orders-value' } })
    await store.apply()
    expect(call).not.toHaveBeenCalled()
  })

  it('has nothing to apply where the plan refuses, deletes nothing, or sets what is set', () => {
    const set = (own: string | null, after: string | null) =>
      plan({ action: 'compatibility', before: { own, level: own ?? 'FULL' }, after })
    expect(canApply(plan())).toBe(true)
    expect(canApply(plan({ rows: [] }))).toBe(false)
    expect(canApply(plan({ refusal: { code: 'plan.refused', message: '', retryable: false } }))).toBe(false)
    expect([set('FULL', 'FULL'), set('FULL', null), set(null, 'FULL'), set(null, null)].map(canApply)).toEqual([false, true, true, false]) // oxfmt-ignore
  })
})
