import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupApplied, GroupsPlan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import {
  emptyGroupsPlan,
  groupsInputOf,
  standingSpecs,
  takeGroupsFile,
  type GroupsPlanChange,
  type GroupsPlanForm,
} from './groups-plan-form.ts'
import type { HandedSpecs } from '../../workbench/handed-specs.ts'
import type { FileNote, PositionsFile } from './plan-file.ts'
import { afterFailedApply, canApply } from './plan-store.ts'

export interface GroupsPlanState {
  readonly form: GroupsPlanForm
  /** The groups' positions, as a plan that moves nothing. */
  readonly standing: Fetched<GroupsPlan>
  readonly plan: Fetched<GroupsPlan>
  /** Whether `plan` is the plan of this form. Only then may it be applied. */
  readonly isCurrent: boolean
  readonly missing: string | undefined
  readonly isApplying: boolean
  readonly result: { readonly items: readonly GroupApplied[]; readonly summary: string } | undefined
  readonly applyError: unknown
  readonly file: FileNote | undefined
}

export interface GroupsPlanStore extends StoreApi<GroupsPlanState> {
  /** `handed`: the offsets for each group, as another view computed them; null: they were computed, and are lost. */
  start: (groups: readonly string[], handed?: HandedSpecs | null) => Promise<void>
  change: (patch: GroupsPlanChange) => void
  openFile: (file: PositionsFile) => void
  dismissFile: () => void
  planAgain: () => Promise<void>
  apply: (confirm?: string) => Promise<void>
  dismissError: () => void
  stop: () => void
}

const REST_MS = 250
const LOST: FileNote = {
  name: 'What was compared',
  message: 'The page was reloaded since: go back to the comparison, and make the plan again.',
  isRefused: true,
}

const initial: GroupsPlanState = {
  form: emptyGroupsPlan,
  standing: idle,
  plan: idle,
  isCurrent: false,
  missing: undefined,
  isApplying: false,
  result: undefined,
  applyError: undefined,
  file: undefined,
}

// oxlint-disable-next-line max-lines-per-function -- as in the plan of one group: fields, questions and answers depend on each other
export function createGroupsPlanStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  restMs: number = REST_MS,
): GroupsPlanStore {
  const store = createStore<GroupsPlanState>(() => initial)
  const { getState: get, setState: set } = store
  let running: AbortController | undefined
  /** The groups' positions are being read. */
  let reading: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const stopPlan = (): void => {
    clearTimeout(timer)
    running?.abort()
  }
  const stop = (): void => {
    stopPlan()
    reading?.abort()
  }

  const compute = async (): Promise<void> => {
    stopPlan()
    const { form, standing } = get()
    const groups = groupsInputOf(form, standing.value)
    if (typeof groups === 'string') return set({ missing: groups, plan: idle })
    const mine = new AbortController()
    running = mine
    set(({ plan }) => ({ missing: undefined, plan: loading(plan) }))
    try {
      const plan = await api.call('offsets.planGroups', { connectionId, groups }, { signal: mine.signal })
      if (!mine.signal.aborted) set({ plan: ready(plan), isCurrent: true })
    } catch (error) {
      if (!mine.signal.aborted) set(({ plan }) => ({ plan: failed(plan, error), isCurrent: false }))
    }
  }

  const readAndPlan = async (): Promise<void> => {
    stop()
    const { groups } = get().form
    if (groups.length === 0) {
      set({ standing: idle })
      return compute()
    }
    const mine = new AbortController()
    reading = mine
    set(({ standing }) => ({ standing: loading(standing) }))
    try {
      const input = { connectionId, groups: standingSpecs(groups) }
      const standing = await api.call('offsets.planGroups', input, { signal: mine.signal })
      if (mine.signal.aborted) return
      set({ standing: ready(standing) })
    } catch (error) {
      if (mine.signal.aborted) return
      set(({ standing }) => ({ standing: failed(standing, error) }))
    }
    reading = undefined
    await compute()
  }

  const change = ({ place, ...patch }: GroupsPlanChange): void => {
    const { form, isApplying } = get()
    if (isApplying) return
    stopPlan()
    set({
      form: { ...form, ...patch, place: { ...form.place, ...place } },
      isCurrent: false,
      result: undefined,
      applyError: undefined,
    })
    // The positions are needed for any form, and the plan is made for the form as it is once they are read.
    if (reading === undefined || reading.signal.aborted) timer = setTimeout(() => void compute(), restMs)
  }

  return {
    ...store,
    stop,
    change,
    start: async (groups, handed) => {
      if (get().isApplying) return
      const given = handed == null ? {} : { to: 'file' as const, file: handed }
      set({ ...initial, form: { ...emptyGroupsPlan, groups, ...given }, ...(handed === null ? { file: LOST } : {}) })
      await readAndPlan()
    },
    openFile: (opened) => {
      const { form, isApplying } = get()
      if (isApplying) return
      const taken = takeGroupsFile(form, opened)
      if (typeof taken === 'string') {
        return set({ file: { name: opened.name, message: taken, isRefused: true } })
      }
      set({ form: taken, file: undefined, isCurrent: false, result: undefined, applyError: undefined, plan: idle })
      void readAndPlan()
    },
    dismissFile: () => set({ file: undefined }),
    planAgain: async () => {
      if (get().isApplying) return
      set({ isCurrent: false, result: undefined, applyError: undefined })
      await readAndPlan()
    },
    apply: async (confirm) => {
      const { plan, isCurrent, isApplying, result } = get()
      if (isApplying || !isCurrent || result !== undefined || plan.value === undefined) return
      if (!canApplyGroups(plan.value)) return
      clearTimeout(timer)
      set({ isApplying: true, applyError: undefined })
      try {
        const input = { connectionId, plan: plan.value, ...(confirm === undefined ? {} : { confirm }) }
        set({ result: await api.call('offsets.applyGroups', input), isApplying: false })
      } catch (error) {
        set(afterFailedApply(error))
      }
    },
    dismissError: () => set({ applyError: undefined }),
  }
}

export function canApplyGroups({ plans }: GroupsPlan): boolean {
  return plans.some(canApply)
}
