import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BrowseDone, Show } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ScanLedger, Tally } from '#shared/model/ledger.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { RunningWork, Work } from '../../workbench/running-work.ts'

/** What is written: the matches of a stored search or its whole range; or the matches found in a range. */
export type ExportRequest = { readonly format: LineFormat; readonly path: string } & (
  | { readonly search: string; readonly what: 'hits' | 'range' }
  | { readonly ledger: ScanLedger; readonly filter: RecordFilter | null; readonly show: Show }
)

export interface ExportState {
  readonly status: 'idle' | 'running' | 'written' | 'stopped' | 'failed'
  readonly covered: bigint
  readonly left: bigint
  readonly matched: bigint
  /** In bytes. */
  readonly written: bigint
  readonly ratePerSecond: number
  readonly secondsLeft: number | null
  readonly waiting: ErrorValue | null
  /** The path of the file, once it is complete. */
  readonly path: string | undefined
  readonly failures: BrowseDone['failures']
  readonly error: ErrorValue | undefined
}

export interface ExportStore extends StoreApi<ExportState> {
  start: (request: ExportRequest) => Promise<void>
  /** Stops without leaving a file. */
  stop: () => void
  /** Closes the result, so that the next export can be chosen. */
  reset: () => void
}

type Progressed = Pick<ExportState, 'covered' | 'left' | 'written' | 'ratePerSecond' | 'secondsLeft' | 'waiting'> & {
  readonly found: Pick<Tally, 'matched'>
}

const idle: ExportState = {
  status: 'idle',
  covered: 0n,
  left: 0n,
  matched: 0n,
  written: 0n,
  ratePerSecond: 0,
  secondsLeft: null,
  waiting: null,
  path: undefined,
  failures: [],
  error: undefined,
}

/** The export of a list, which continues while its dialog is closed. */
export function createExportStore(
  { api, work }: { api: Pick<StoreApiPort, 'openStream'>; work: Pick<Work, 'begin'> },
  connectionId: ConnectionId,
  topic: string,
): ExportStore {
  const store = createStore<ExportState>(() => idle)
  const { setState } = store
  let running: AbortController | undefined
  const run = async (request: ExportRequest, told: RunningWork, signal: AbortSignal): Promise<string> => {
    try {
      const options = {
        signal,
        onProgress: ({ covered, left, found, written, ratePerSecond, secondsLeft, waiting }: Progressed) => {
          setState({ covered, left, matched: found.matched, written, ratePerSecond, secondsLeft, waiting })
          told.update(covered + left === 0n ? null : Number(covered) / Number(covered + left))
        },
      }
      const done =
        'search' in request
          ? await api.openStream('search.export', { connectionId, ...request }, options)
          : await api.openStream('messages.export', { connectionId, ...request }, options)
      const { path, found, written } = done
      const failures = done.failures.flatMap(({ partition, error }) =>
        partition === null ? [] : [{ partition, error }],
      )
      // A failure without a partition means that a whole topic could not be read.
      const error = done.failures.find(({ partition }) => partition === null)?.error
      setState({ ...idle, status: path === null ? 'stopped' : 'written', matched: found.matched, written, failures, error, path: path ?? undefined }) // oxfmt-ignore
      return path === null ? 'The export was stopped; there is no file.' : `Written to ${path}.`
    } catch (error) {
      setState({ ...idle, status: signal.aborted ? 'stopped' : 'failed', error: signal.aborted ? undefined : toErrorValue(error) }) // oxfmt-ignore
      return 'The export failed; there is no file.'
    }
  }
  return {
    ...store,
    start: async (request) => {
      running?.abort()
      const mine = new AbortController()
      running = mine
      setState({ ...idle, status: 'running' })
      const told = work.begin(`Export of ${topic}`)
      told.end(await run(request, told, mine.signal))
      if (running === mine) running = undefined
    },
    stop: () => running?.abort(),
    reset: () => {
      if (running === undefined) setState(idle)
    },
  }
}
