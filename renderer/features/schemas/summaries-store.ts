import { createStore, type StoreApi } from 'zustand/vanilla'
import type { SubjectSummary } from '#shared/contract/schemas.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'

export interface SummariesState {
  readonly bySubject: ReadonlyMap<string, SubjectSummary>
  /** Why the last batch failed. */
  readonly error: ErrorValue | undefined
}

export interface SummariesStore extends StoreApi<SummariesState> {
  /** Requests the summaries that are not known yet, one batch at a time; a newer request comes before an older one. */
  want: (subjects: readonly string[], deleted: boolean) => void
  /** Forgets everything, so that what is in view is requested again. */
  refresh: () => void
  /** Sends no more requests until something is wanted again. */
  stop: () => void
}

const WAVE = 100
/** After a failure nothing is requested for so long: each one is drawn, and what is drawn is wanted. */
const REST_MS = 5_000

/** Type, versions and compatibility of the subjects in view: a registry needs several requests for each of them. */
export function createSummariesStore(
  api: Pick<StoreApiPort, 'openStream'>,
  connectionId: ConnectionId,
): SummariesStore {
  const store = createStore<SummariesState>(() => ({ bySubject: new Map(), error: undefined }))
  const { getState, setState } = store
  let waiting: readonly string[] = []
  let withDeleted = false
  let asking: AbortController | undefined
  let restsUntil = 0

  const ask = async (): Promise<void> => {
    if (asking !== undefined) return
    const mine = new AbortController()
    asking = mine
    try {
      while (waiting.length > 0 && !mine.signal.aborted) {
        const subjects = waiting.slice(0, WAVE)
        waiting = waiting.slice(WAVE)
        await api.openStream(
          'schemas.summaries',
          { connectionId, subjects: [...subjects], deleted: withDeleted },
          {
            signal: mine.signal,
            onBatch: (rows) => {
              if (mine.signal.aborted) return
              const bySubject = new Map(getState().bySubject)
              for (const row of rows) bySubject.set(row.subject, row)
              setState({ bySubject, error: undefined })
            },
          },
        )
      }
    } catch (error) {
      if (mine.signal.aborted) return
      waiting = []
      restsUntil = performance.now() + REST_MS
      setState({ error: toErrorValue(error) })
    } finally {
      if (asking === mine) asking = undefined
    }
  }

  const stop = (): void => {
    asking?.abort()
    asking = undefined
    waiting = []
  }

  return {
    ...store,
    stop,
    want: (subjects, deleted) => {
      if (performance.now() < restsUntil) return
      const { bySubject } = getState()
      withDeleted = deleted
      waiting = subjects.filter((subject) => !bySubject.has(subject))
      if (waiting.length > 0) void ask()
    },
    refresh: () => {
      stop()
      restsUntil = 0
      setState({ bySubject: new Map(), error: undefined })
    },
  }
}
