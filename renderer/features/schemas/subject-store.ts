import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Output } from '#shared/contract/define.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SchemaVersion } from '#shared/model/registered-schema.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export type SubjectAbout = Output<(typeof schemas)['schemas.subject']>
export type References = Output<(typeof schemas)['schemas.references']>
export type SubjectTopics = Output<(typeof schemas)['schemas.topics']>

export interface SubjectState {
  readonly about: Fetched<SubjectAbout>
  readonly versions: ReadonlyMap<number, Fetched<SchemaVersion>>
  readonly references: ReadonlyMap<number, Fetched<References>>
  readonly topics: Fetched<SubjectTopics>
}

export interface SubjectStore extends StoreApi<SubjectState> {
  /** Reads everything that was shown again. */
  refresh: () => void
  /** A version never changes: it is requested once. */
  wantVersion: (version: number) => void
  wantReferences: (version: number) => void
  /** `sample`: also looks at the topics' last records. */
  loadTopics: (sample: boolean) => Promise<void>
  /** The view closes: answers under way are ignored, and no more requests are sent. */
  stop: () => void
}

type Port = Pick<StoreApiPort, 'call'>

export function createSubjectStore(api: Port, connectionId: ConnectionId, subject: string): SubjectStore {
  const store = createStore<SubjectState>(() => ({ about: idle, versions: new Map(), references: new Map(), topics: idle })) // oxfmt-ignore
  const { getState, setState } = store
  let mine = new AbortController()

  const loadAbout = async (): Promise<void> => {
    const { signal } = mine
    setState(({ about }) => ({ about: loading(about) }))
    try {
      const about = await api.call('schemas.subject', { connectionId, subject, deleted: true }, { signal })
      setState(({ versions }) => ({
        about: ready(about),
        versions:
          about.latest === null ? versions : new Map([...versions, [about.latest.version, ready(about.latest)]]),
      }))
    } catch (error) {
      if (!signal.aborted) setState(({ about }) => ({ about: failed(about, error) }))
    }
  }
  const want = <K extends 'versions' | 'references'>(
    of: K,
    version: number,
    read: (options: { signal: AbortSignal }) => Promise<unknown>,
  ): void => {
    const { signal } = mine
    const before = getState()[of].get(version)
    if (before !== undefined && before.status !== 'failed') return
    const put = (change: (now: Fetched<unknown>) => Fetched<unknown>) =>
      setState((state) => ({ [of]: new Map([...state[of], [version, change(state[of].get(version) ?? idle)]]) }))
    put(loading)
    read({ signal }).then(
      (value) => {
        if (!signal.aborted) put(() => ready(value))
      },
      (error: unknown) => {
        if (!signal.aborted) put((now) => failed(now, error))
      },
    )
  }
  const loadTopics = async (sample: boolean): Promise<void> => {
    const { signal } = mine
    setState(({ topics }) => ({ topics: loading(topics) }))
    try {
      const topics = await api.call('schemas.topics', { connectionId, subject, sample }, { signal })
      setState({ topics: ready(topics) })
    } catch (error) {
      if (!signal.aborted) setState((state) => ({ topics: failed(state.topics, error) }))
    }
  }

  return {
    ...store,
    stop: () => mine.abort(),
    refresh: () => {
      mine.abort()
      mine = new AbortController()
      setState({ versions: new Map(), references: new Map() })
      void loadAbout()
      void loadTopics(false)
    },
    wantVersion: (version) =>
      want('versions', version, (options) => api.call('schemas.version', { connectionId, subject, version, deleted: true }, options)), // oxfmt-ignore
    wantReferences: (version) =>
      want('references', version, (options) => api.call('schemas.references', { connectionId, subject, version }, options)), // oxfmt-ignore
    loadTopics,
  }
}
