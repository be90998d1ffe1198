import { expect, it } from 'vitest'
import { until } from '../../../tests/support/wait-for.ts'
import type { GroupsPlan, PlanSpec } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createGroupsPlanStore } from './groups-plan-store.ts'

const row = { topic: 'orders', topicId: null, partition: 0, before: { offset: 5n, metadata: '', leaderEpoch: -1 }, after: null, bounds: null, status: 'same', clampedFrom: null, skips: 0n, repeats: 0n, note: null } // oxfmt-ignore
const planOf = ({ group, target }: PlanSpec) => ({ group, groupType: 'classic', target, rows: [row], refusal: null })

it('a form that is changed while it is read where the groups stand gets its plan once that is known', async () => {
  const asked: { specs: PlanSpec[]; signal: AbortSignal; answer: (plan: unknown) => void }[] = []
  const api = {
    call: (_route: string, { groups }: { groups: PlanSpec[] }, { signal }: { signal: AbortSignal }) =>
      new Promise((answer) => asked.push({ specs: groups, signal, answer })),
  } as unknown as StoreApiPort
  const store = createGroupsPlanStore(api, 'eu' as ConnectionId, 0)
  const answer = (i: number) => asked[i]?.answer({ plans: asked[i].specs.map(planOf), failures: [] } as unknown as GroupsPlan) // oxfmt-ignore
  void store.start(['billing', 'audit'])
  store.change({ to: 'log-start' })
  answer(0)
  await until('the plan is asked for', () => asked.length === 2)
  expect(asked[0]?.signal.aborted).toBe(false)
  expect(asked[1]?.specs.map(({ target }) => target)).toEqual([{ at: 'log-start' }, { at: 'log-start' }])
  answer(1)
  await until('it is there', () => store.getState().isCurrent)
  store.stop()
})
