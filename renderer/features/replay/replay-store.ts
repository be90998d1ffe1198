import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Output } from '#shared/contract/define.ts'
import type { Receipt, ReplayPlan } from '#shared/contract/replay.ts'
import type { ConfigRow, topics } from '#shared/contract/topics.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { Api } from '../../api/client.ts'
import type { Work } from '../../workbench/running-work.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { checkReplay, emptyReplay, type ReplayDraft } from './replay-draft.ts'

export type DescribedSource = Output<(typeof topics)['topics.describe']>

export interface ReplayProgress {
  readonly copied: bigint
  readonly bytes: bigint
  readonly offsetsDone: bigint
  readonly offsetsTotal: bigint
  readonly recordsPerSecond: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
  readonly note: string | null
}

export type RunState =
  | {
      readonly status: 'running'
      readonly plan: ReplayPlan
      readonly progress: ReplayProgress | undefined
      readonly isCancelling: boolean
    }
  /** It ended without a receipt; how much was copied is not known here. */
  | { readonly status: 'failed'; readonly plan: ReplayPlan; readonly error: ErrorValue }
  | { readonly status: 'done'; readonly receipt: Receipt }

export interface ReplayState {
  readonly draft: ReplayDraft
  /** The user asked for a plan: what is missing is reported. */
  readonly isAttempted: boolean
  readonly source: Fetched<DescribedSource>
  readonly plan: Fetched<ReplayPlan>
  /** The draft from which the plan was made; a different draft makes it out of date. */
  readonly plannedFor: ReplayDraft | undefined
  readonly run: RunState | undefined
}

export interface ReplayStore extends StoreApi<ReplayState> {
  change: (part: Partial<ReplayDraft>) => void
  /** Reads the source's partitions and, for a new topic, the settings to copy. */
  loadSource: () => Promise<void>
  plan: () => Promise<void>
  run: (confirm?: string) => Promise<void>
  cancel: () => void
  /** Returns from a receipt to the form. */
  again: () => void
}

/** The settings of a topic that differ from the cluster's defaults: these are the "settings copied". */
export function ownSettings(rows: readonly ConfigRow[]): { name: string; value: string }[] {
  return rows
    .filter((row) => row.source === 'DYNAMIC_TOPIC_CONFIG' && row.value !== null && !row.sensitive && !row.readOnly)
    .map((row) => ({ name: row.name, value: row.value! })) // headers without a value were filtered out above
}

// oxlint-disable-next-line max-lines-per-function -- the form, its plan and the run: a change of one discards those after it
export function createReplayStore(
  api: Pick<Api, 'call' | 'openStream'>,
  start: Partial<ReplayDraft> = {},
  work?: Work,
): ReplayStore {
  const store = createStore<ReplayState>(() => ({
    draft: { ...emptyReplay, ...start },
    isAttempted: false,
    source: idle,
    plan: idle,
    plannedFor: undefined,
    run: undefined,
  }))
  const { getState, setState } = store
  let planning: AbortController | undefined
  let running: AbortController | undefined
  let reading = 0
  let lastRead: Promise<void> | undefined
  /** The settings that were copied from the source and not edited; only those may be replaced by another source's. */
  let copied: ReplayDraft['settings'] = getState().draft.settings
  /** The number of partitions that was taken from the source and not typed: it follows another source. */
  let counted: string | undefined

  const readSource = async (): Promise<void> => {
    const { source: connectionId, topic } = getState().draft
    const mine = (reading += 1)
    if (connectionId === undefined || topic.trim() === '') return setState({ source: idle })
    setState(({ source }) => ({ source: loading(source) }))
    try {
      const at = { connectionId, topic: topic.trim() }
      const [facts, config] = await Promise.all([
        api.call('topics.describe', at),
        // The right to read settings is less common; a replay is possible without it.
        api.call('topics.config', at).catch(() => ({ items: [] })),
      ])
      if (mine !== reading) return
      const own = ownSettings(config.items)
      setState({ source: ready(facts) })
      const { draft } = getState()
      const isCopy = draft.settings === copied && JSON.stringify(own) !== JSON.stringify(copied)
      if (isCopy) copied = own
      // An unchanged value leaves the draft as it is, and with it the plan.
      const now = String(facts.partitions.length)
      const isCount = (draft.targetPartitions === '' || draft.targetPartitions === counted) && now !== counted
      if (isCount) counted = now
      if (isCopy || isCount) {
        const targetPartitions = isCount ? now : draft.targetPartitions
        setState({ draft: { ...draft, targetPartitions, settings: isCopy ? own : draft.settings } })
      }
    } catch (error) {
      if (mine === reading) setState(({ source }) => ({ source: failed(source, error) }))
    }
  }
  const loadSource = (): Promise<void> => (lastRead = readSource())

  return {
    ...store,
    change: (part) => {
      const { draft } = getState()
      const isOther =
        ('source' in part && part.source !== draft.source) || ('topic' in part && part.topic !== draft.topic)
      // An answer on its way is about the source of before.
      if (isOther) reading += 1
      if ('targetPartitions' in part) counted = undefined
      setState({ draft: { ...draft, ...part }, ...(isOther ? { source: idle } : {}) })
    },
    loadSource,
    plan: async () => {
      setState({ isAttempted: true })
      // A new topic takes its partitions and settings from the source.
      const { status } = getState().source
      if (status !== 'ready' && status !== 'loading') void loadSource()
      // Another read may have replaced the one that is awaited.
      for (let seen: typeof lastRead; seen !== lastRead;) await (seen = lastRead)
      const { draft } = getState()
      const checked = checkReplay(draft)
      if (!checked.ok) return
      planning?.abort()
      const { signal } = (planning = new AbortController())
      setState(({ plan }) => ({ plan: loading(plan), run: undefined }))
      try {
        const plan = await api.call('replay.plan', checked.spec, { signal })
        if (!signal.aborted) setState({ plan: ready(plan), plannedFor: draft })
      } catch (error) {
        if (!signal.aborted) setState(({ plan }) => ({ plan: failed(plan, error), plannedFor: draft }))
      }
    },
    run: async (confirm) => {
      const plan = getState().plan.value
      if (plan === undefined || running !== undefined) return
      running = new AbortController()
      setState({ run: { status: 'running', plan, progress: undefined, isCancelling: false } })
      const { source, target } = plan.spec
      const shown = work?.begin(`Replay of ${plan.spec.topic}`)
      try {
        const receipt = await api.openStream(
          'replay.run',
          { source, target, plan, ...(confirm === undefined ? {} : { confirm }) },
          {
            signal: running.signal,
            onProgress: (progress) => {
              const { offsetsDone, offsetsTotal } = progress
              shown?.update(offsetsTotal === 0n ? null : Number(offsetsDone) / Number(offsetsTotal))
              setState(({ run }) => (run?.status === 'running' ? { run: { ...run, progress } } : {}))
            },
          },
        )
        setState({ run: { status: 'done', receipt } })
        shown?.end(receipt.summary)
      } catch (error) {
        const value = toErrorValue(error)
        setState({ run: { status: 'failed', plan, error: value } })
        shown?.end(`It failed: ${value.message}`)
      } finally {
        running = undefined
      }
    },
    cancel: () => {
      running?.abort()
      setState(({ run }) => (run?.status === 'running' ? { run: { ...run, isCancelling: true } } : {}))
    },
    again: () =>
      setState(({ run, draft }) => {
        const isThere = run?.status === 'done' && run.receipt.topicCreated
        return {
          run: undefined,
          plan: idle,
          plannedFor: undefined,
          isAttempted: false,
          // A topic created for one replay is an existing topic for the next.
          draft: isThere ? { ...draft, creates: false } : draft,
        }
      }),
  }
}
