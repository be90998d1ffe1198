import { createStore, type StoreApi } from 'zustand/vanilla'
import type {
  MemberStep,
  StepEvent,
  StepPartition,
  StepPlan,
  StepResult,
  StepSpec,
  TakenRecord,
} from '#shared/contract/stepping.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createPlannedChange, type PlannedChangeStore } from '../../stores/planned-change.ts'

export interface StepForm extends Pick<StepSpec, 'protocol' | 'reset' | 'isolation' | 'commit'> {
  readonly group: string
  /** As typed: names separated by commas. */
  readonly topics: string
}

export const firstForm: StepForm = {
  group: '',
  topics: '',
  protocol: 'classic',
  reset: 'earliest',
  isolation: 'read_uncommitted',
  commit: 'by-hand',
}

export const topicsOf = ({ topics }: StepForm): string[] => [
  ...new Set(topics.split(',').map((name) => name.trim()).filter((name) => name !== '')), // oxfmt-ignore
]

/** A record that was read, with a number of its own: a record that was given back can be read a second time. */
export interface Taken extends TakenRecord {
  readonly id: number
}

export interface StepNote {
  readonly at: bigint
  readonly tone: 'info' | 'warn'
  readonly text: string
}

export interface SessionState {
  /** undefined: not known yet. */
  readonly member: Extract<StepEvent, { kind: 'member' }> | undefined
  readonly partitions: ReadonlyMap<string, StepPartition>
  /** The last ones, newest last. */
  readonly taken: readonly Taken[]
  readonly notes: readonly StepNote[]
  /** The selected record. */
  readonly chosen: number | undefined
  /** Steps that were requested and are not answered yet. */
  readonly waiting: number
  /** The result of the last step. */
  readonly said: string
  readonly stepError: ErrorValue | undefined
}

export interface SteppingStore {
  readonly change: PlannedChangeStore<StepForm, StepPlan, StepResult>
  readonly session: StoreApi<SessionState>
  step: (step: MemberStep) => Promise<void>
  choose: (id: number | undefined) => void
  /** The tab is closed: the member leaves the group. */
  stop: () => void
}

const MOST_TAKEN = 1_000
const MOST_NOTES = 500
const MOST_WAITING = 3

const nothing: SessionState = {
  member: undefined,
  partitions: new Map(),
  taken: [],
  notes: [],
  chosen: undefined,
  waiting: 0,
  said: '',
  stepError: undefined,
}

/** The effect of joining, the membership while it lasts, and its result. */
export function createSteppingStore(api: StoreApiPort, connectionId: ConnectionId, first: StepForm): SteppingStore {
  const session = createStore<SessionState>(() => nothing)
  const { getState: get, setState: set } = session
  let running: AbortController | undefined
  /** Typed once when joining; each step on a guarded profile sends it again. */
  let confirmed: { confirm?: string } = {}
  let asked = 0
  let told = 0
  /** Answers may arrive in a different order: the result of an older step does not replace that of a newer one. */
  const said = (step: number, text: string): Pick<SessionState, 'said'> => {
    const isNewest = step > told
    told = Math.max(told, step)
    return { said: isNewest ? text : get().said }
  }
  const change = createPlannedChange<StepForm, StepPlan, StepResult>({
    first,
    ask: ({ group, protocol, reset, isolation, commit, ...form }, signal) =>
      api.call('stepping.plan', { connectionId, group: group.trim(), topics: topicsOf({ ...firstForm, ...form }), protocol, reset, isolation, commit }, { signal }), // oxfmt-ignore
    canApply: (plan) => plan !== undefined && plan.refusal === null,
    send: async ({ plan, confirm }) => {
      running?.abort()
      const mine = (running = new AbortController())
      confirmed = confirm === undefined ? {} : { confirm }
      set(nothing)
      return await api.openStream(
        'stepping.run',
        { connectionId, plan, ...confirmed },
        { signal: mine.signal, onBatch: (events) => set((state) => events.reduce(after, state)) },
      )
    },
  })
  return {
    change,
    session,
    choose: (chosen) => set({ chosen }),
    stop: () => {
      change.stop()
      running?.abort()
    },
    step: async (step) => {
      const { member, waiting } = get()
      // The app runs steps one after the other; holding a key requests no more than somebody can watch.
      if (member === undefined || (waiting >= MOST_WAITING && step.do !== 'leave')) return
      const mine = (asked += 1)
      set({ waiting: waiting + 1, stepError: undefined })
      try {
        const input = { connectionId, session: member.session, step, ...confirmed }
        const { summary } = await api.call('stepping.step', input)
        set(({ waiting: now }) => ({ ...said(mine, summary), waiting: now - 1 }))
      } catch (error) {
        // A failed step is reported, however late.
        set(({ waiting: now }) => ({ ...said(mine, ''), stepError: toErrorValue(error), waiting: now - 1 }))
      }
    },
  }
}

/** The session after this event. */
export function after(state: SessionState, event: StepEvent): SessionState {
  switch (event.kind) {
    case 'member':
      return { ...state, member: event }
    case 'partitions': {
      const partitions = new Map(state.partitions)
      for (const at of event.gone) partitions.delete(keyOf(at))
      for (const at of event.now) partitions.set(keyOf(at), at)
      return { ...state, partitions }
    }
    case 'taken': {
      const from = (state.taken.at(-1)?.id ?? 0) + 1
      const taken = [...state.taken, ...event.records.map((record, i) => ({ ...record, id: from + i }))]
      return { ...state, taken: taken.slice(-MOST_TAKEN), chosen: taken.at(-1)?.id }
    }
    case 'note':
      return { ...state, notes: [...state.notes, event].slice(-MOST_NOTES) }
  }
}

/** What has become of a record that was read. */
export function standingOf(
  { topic, partition, record: { offset } }: Taken,
  { partitions }: Pick<SessionState, 'partitions'>,
): 'committed' | 'taken' | 'given back' | 'not ours' {
  const at = partitions.get(keyOf({ topic, partition }))
  if (at === undefined) return 'not ours'
  if (at.next !== null && offset >= at.next) return 'given back'
  return at.committed !== null && offset < at.committed ? 'committed' : 'taken'
}
