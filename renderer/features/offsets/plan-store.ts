import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ApplyResult, Plan } from '#shared/contract/offsets.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { tellFault } from '../../stores/tell-fault.ts'
import type { ElsewhereForm, FoundElsewhere } from './elsewhere.ts'
import {
  emptyPlan,
  planInputOf,
  positionsInScope,
  type PlanChange,
  type PlanForm,
  type PlanInput,
} from './plan-form.ts'
import { takeFile, type FileNote, type PositionsFile } from './plan-file.ts'
import { positioned, withPartitionsOf, type TopicScope } from './plan-scope.ts'

export interface PlanState {
  /** How often the form was reset: fields with a draft of their own reset with it. */
  readonly begun: number
  readonly form: PlanForm
  /** The group's positions: for choosing topics and partitions, and to look at before there is a plan. */
  readonly detail: Fetched<GroupDetail>
  /** The last plan; it stays visible while the next one is computed. */
  readonly plan: Fetched<Plan>
  /** Whether `plan` is the plan of this form. Only then may it be applied. */
  readonly isCurrent: boolean
  /** The positions here that correspond to those of a group in another cluster, if the form asks for them. */
  readonly elsewhere: Fetched<FoundElsewhere>
  /** What is missing in the form, as a sentence. */
  readonly missing: string | undefined
  readonly isApplying: boolean
  readonly result: ApplyResult | undefined
  readonly applyError: unknown
  /** What there is to say about the file that was opened last. */
  readonly file: FileNote | undefined
}

export interface PlanStart {
  group: string
  /** Without partitions: those with a position, or all if no group is named yet. */
  scope?: readonly { topic: string; partitions?: readonly number[] | undefined }[] | undefined
  offset?: bigint | undefined
  /** To the group's positions at this time. */
  then?: bigint | undefined
  undo?: string | undefined
  /** A group whose positions are the target; without a scope, all of them: a clone. */
  like?: string | undefined
  /** An armed plan to show, with its result if that is known. */
  armed?: string | undefined
}

export interface PlanStore extends StoreApi<PlanState> {
  /** Starts again, as an intent says. */
  start: (start: PlanStart) => Promise<void>
  /**
   * Adds to the scope all partitions in which another group has a position; without a name, those of the group in the other
   * cluster.
   */
  takeAllOf: (group?: string) => Promise<void>
  /** Changes the settings that are given and nothing else: above all no scope that the user chose. */
  change: (patch: PlanChange) => void
  /** Takes the offsets of a file as if they were typed. */
  openFile: (file: PositionsFile) => void
  dismissFile: () => void
  setOffset: (topic: string, partition: number, text: string) => void
  /** Reads everything again and makes a new plan. */
  planAgain: () => Promise<void>
  /** Runs once at a time, and only for the visible plan. */
  apply: (confirm?: string) => Promise<void>
  dismissError: () => void
  /** Shows the result of an armed plan in place of the plan. */
  showArmed: (id: string) => Promise<void>
  stop: () => void
}

const REST_MS = 250

// oxlint-disable-next-line max-lines-per-function -- a plan is made again with each change of its fields: fields, questions and answers depend on each other
export function createPlanStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  restMs: number = REST_MS,
): PlanStore {
  const store = createStore<PlanState>(() => initial)
  const { getState: get, setState: set } = store
  let running: AbortController | undefined
  let reading: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /**
   * The group whose partitions are to be added to the scope, until they are known: they are added even if another group is
   * named meanwhile.
   */
  let taking: { other: string | undefined } | undefined

  const stop = (): void => {
    clearTimeout(timer)
    running?.abort()
    reading?.abort()
  }

  const compute = async (): Promise<void> => {
    clearTimeout(timer)
    running?.abort()
    // The search in the other cluster was stopped with it.
    if (get().elsewhere.status === 'loading') set({ elsewhere: idle })
    const { form, detail } = get()
    const requestOf = (found?: FoundElsewhere['items']) =>
      form.undo === undefined
        ? planInputOf(form, detail.value?.positions, detail.value && positionWords(detail.value.type), found)
        : undefined
    let request = requestOf()
    if (typeof request === 'string') return set({ missing: request, plan: { ...get().plan, status: 'idle' } })
    const mine = new AbortController()
    running = mine
    set((state) => ({ missing: undefined, plan: loading(state.plan) }))
    const options = { signal: mine.signal }
    try {
      if (form.to === 'elsewhere' && form.undo === undefined) {
        const found = await findElsewhere(form.elsewhere, mine.signal)
        if (mine.signal.aborted) return
        request = requestOf(found.items)
        if (typeof request === 'string')
          return set((state) => ({ missing: request as string, plan: { ...state.plan, status: 'idle' } }))
      }
      const plan =
        form.undo !== undefined
          ? await api.call(
              'offsets.planUndo',
              { connectionId, journalId: form.undo, ...(form.takeBackLater ? { takeBackLater: true } : {}) },
              options,
            )
          : // Not an undo, so there is one.
            await api.call('offsets.plan', { connectionId, group: form.group, ...(request as PlanInput) }, options)
      if (running === mine && !mine.signal.aborted) set({ plan: ready(plan), isCurrent: true })
    } catch (error) {
      if (running === mine && !mine.signal.aborted)
        set((state) => ({ plan: failed(state.plan, error), isCurrent: false }))
    }
  }

  /** Once for each form that names another group, because it reads records of two clusters. */
  const findElsewhere = async (of: ElsewhereForm, signal: AbortSignal): Promise<FoundElsewhere> => {
    const known = get().elsewhere
    if (known.status === 'ready' && known.value?.of === of) return known.value
    set({ elsewhere: loading(idle) })
    try {
      const input = { connectionId, other: of.connectionId!, group: of.group, prefix: of.prefix } // the caller checked that the form is complete
      const found = { of, ...(await api.call('offsets.elsewhere', input, { signal })) }
      if (!signal.aborted) set({ elsewhere: ready(found) })
      return found
    } catch (error) {
      if (!signal.aborted) set({ elsewhere: failed(idle, error) })
      throw error
    }
  }

  /** Reads the group's positions and then makes the plan; what runs for another form is no longer needed. */
  const readAndPlan = async (): Promise<void> => {
    stop()
    const { group } = get().form
    if (group === '') {
      set({ detail: idle })
      return compute()
    }
    const mine = new AbortController()
    reading = mine
    set((state) => ({ detail: loading(state.detail) }))
    try {
      const detail = await api.call('groups.describe', { connectionId, group }, { signal: mine.signal })
      if (!mine.signal.aborted) set({ detail: ready(detail) })
    } catch (error) {
      if (!mine.signal.aborted) set((state) => ({ detail: failed(state.detail, error) }))
    }
    if (!mine.signal.aborted) await compute()
  }

  /** Something changed: the visible plan no longer belongs to the form, and an old result would be taken for the new one's. */
  const soon = (): void => {
    running?.abort()
    clearTimeout(timer)
    timer = setTimeout(() => void compute(), restMs)
  }

  const change = ({ place, ...patch }: PlanChange): void => {
    const { form, isApplying } = get()
    if (isApplying) return
    set({
      form: { ...form, ...patch, place: { ...form.place, ...place } },
      isCurrent: false,
      result: undefined,
      applyError: undefined,
    })
    if (patch.group !== undefined && patch.group !== form.group) {
      set({ plan: idle, detail: idle, missing: undefined })
      void readAgain()
    } else soon()
  }

  /** Adds its partitions to the scope, which thereby counts as chosen by the user. */
  const takeAllOf = async (other?: string): Promise<void> => {
    if (get().isApplying) return
    stop()
    const mine = new AbortController()
    reading = mine
    taking = { other }
    set((state) => ({ isCurrent: false, detail: loading(state.detail) }))
    try {
      const positions =
        other === undefined
          ? (await findElsewhere(get().form.elsewhere, mine.signal)).items
          : positioned((await api.call('groups.describe', { connectionId, group: other }, { signal: mine.signal })).positions) // oxfmt-ignore
      if (mine.signal.aborted) return
      taking = undefined
      const { form, detail } = get()
      const own = positionsInScope(form, detail.value ?? { positions: [] })
      const scope = withPartitionsOf(form.scope ?? [], [...positioned(own), ...positions])
      set({ form: { ...form, scope } })
    } catch (error) {
      if (mine.signal.aborted) return
      taking = undefined
      return set((state) => ({ detail: failed(state.detail, error), plan: failed(state.plan, error) }))
    }
    if (!mine.signal.aborted) await readAndPlan()
  }

  const readAgain = (): Promise<void> => (taking === undefined ? readAndPlan() : takeAllOf(taking.other))

  const showArmed = async (id: string): Promise<boolean> => {
    if (get().isApplying) return false
    stop()
    const mine = new AbortController()
    reading = mine
    try {
      const { plan, result } = await api.call('offsets.armedPlan', { id }, { signal: mine.signal })
      if (mine.signal.aborted || plan.connectionId !== connectionId) return false
      set({
        plan: ready(plan),
        result: result ?? undefined,
        isCurrent: false,
        missing: undefined,
        applyError: undefined,
      })
      return true
    } catch (error) {
      // The armed plan is no longer known: the app was restarted, or the plan was dismissed.
      tellFault(error)
      return mine.signal.aborted
    }
  }

  return {
    ...store,
    stop,
    showArmed: async (id) => void (await showArmed(id)),
    start: async ({ group, scope, offset, then, undo, like, armed }) => {
      if (get().isApplying) return
      stop()
      taking = undefined
      set({
        ...initial,
        begun: get().begun + 1,
        form: {
          ...emptyPlan,
          group,
          undo,
          scope: scope?.map(({ topic, partitions }): TopicScope => ({ topic, partitions: partitions ?? (group === '' ? 'all' : 'positioned') })), // oxfmt-ignore
          ...(like === undefined ? {} : { to: 'group' as const, place: { ...emptyPlan.place, group: like } }),
          ...(offset === undefined ? {} : { to: 'offset' as const, place: { ...emptyPlan.place, offset } }),
          ...(then === undefined ? {} : { to: 'group-then' as const, place: { ...emptyPlan.place, group, timestamp: then } }), // oxfmt-ignore
        },
      })
      if (armed !== undefined && (await showArmed(armed))) return
      if (like !== undefined && scope === undefined) await takeAllOf(like)
      else await readAndPlan()
    },
    takeAllOf,
    change,
    openFile: (opened) => {
      if (get().isApplying) return
      const taken = takeFile(get().form, opened)
      set({ file: taken.note })
      if (taken.change === undefined) return
      // The lines of the file say which partitions are meant.
      taking = undefined
      // The field for the group's name has a draft of its own, which is reset.
      if (taken.change.group !== get().form.group) set({ begun: get().begun + 1 })
      change(taken.change)
    },
    dismissFile: () => set({ file: undefined }),
    setOffset: (topic, partition, text) => {
      const { form, isApplying } = get()
      if (isApplying) return
      const offsets = { ...form.offsets, [partitionKey(topic, partition)]: text }
      set({ form: { ...form, offsets }, isCurrent: false, result: undefined, applyError: undefined })
      soon()
    },
    planAgain: async () => {
      if (get().isApplying) return
      set({ isCurrent: false, result: undefined, applyError: undefined, elsewhere: idle })
      await readAgain()
    },
    apply: async (confirm) => {
      const { plan, isCurrent, isApplying, result } = get()
      if (isApplying || !isCurrent || result !== undefined || plan.value === undefined || !canApply(plan.value)) return
      clearTimeout(timer)
      set({ isApplying: true, applyError: undefined })
      try {
        const input = { connectionId, plan: plan.value, ...(confirm === undefined ? {} : { confirm }) }
        set({ result: await api.call('offsets.apply', input), isApplying: false })
      } catch (error) {
        set(afterFailedApply(error))
      }
    },
    dismissError: () => set({ applyError: undefined }),
  }
}

const initial: PlanState = {
  begun: 0,
  form: emptyPlan,
  detail: idle,
  plan: idle,
  isCurrent: false,
  elsewhere: idle,
  missing: undefined,
  isApplying: false,
  result: undefined,
  applyError: undefined,
  file: undefined,
}

/** After a wrong confirmation name the plan is still valid; after any other error the positions must be read again. */
export function afterFailedApply(error: unknown): Pick<PlanState, 'applyError' | 'isApplying' | 'isCurrent'> {
  return { applyError: error, isApplying: false, isCurrent: toErrorValue(error).code.startsWith('access.') }
}

export function canApply(plan: Plan): boolean {
  return plan.refusal === null && plan.rows.some((row) => row.status === 'change')
}
