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
  /** Everything that was shown, anew. */
  refresh: () => void
  /** A version never changes: it is asked for once. */
  wantVersion: (version: number) => void
  wantReferences: (version: number) => void
  /** `sample`: looks into the topics' last records as well. */
  loadTopics: (sample: boolean) => Promise<void>
}

type Port = Pick<StoreApiPort, 'call'>

export function createSubjectStore(api: Port, connectionId: ConnectionId, subject: string): SubjectStore {
  const store = createStore<SubjectState>(() => ({ about: idle, versions: new Map(), references: new Map(), topics: idle })) // prettier-ignore
  const { getState, setState } = store

  const loadAbout = async (): Promise<void> => {
    setState(({ about }) => ({ about: loading(about) }))
    try {
      const about = await api.call('schemas.subject', { connectionId, subject, deleted: true })
      setState(({ versions }) => ({
        about: ready(about),
        versions:
          about.latest === null ? versions : new Map([...versions, [about.latest.version, ready(about.latest)]]),
      }))
    } catch (error) {
      setState(({ about }) => ({ about: failed(about, error) }))
    }
  }
  const want = <K extends 'versions' | 'references'>(of: K, version: number, read: () => Promise<unknown>): void => {
    const before = getState()[of].get(version)
    if (before !== undefined && before.status !== 'failed') return
    const put = (change: (now: Fetched<unknown>) => Fetched<unknown>) =>
      setState((state) => ({ [of]: new Map([...state[of], [version, change(state[of].get(version) ?? idle)]]) }))
    put(loading)
    read().then(
      (value) => put(() => ready(value)),
      (error: unknown) => put((now) => failed(now, error)),
    )
  }
  const loadTopics = async (sample: boolean): Promise<void> => {
    setState(({ topics }) => ({ topics: loading(topics) }))
    try {
      const topics = await api.call('schemas.topics', { connectionId, subject, sample })
      setState({ topics: ready(topics) })
    } catch (error) {
      setState((state) => ({ topics: failed(state.topics, error) }))
    }
  }

  return {
    ...store,
    refresh: () => {
      setState({ versions: new Map(), references: new Map() })
      void loadAbout()
      void loadTopics(false)
    },
    wantVersion: (version) =>
      want('versions', version, () => api.call('schemas.version', { connectionId, subject, version, deleted: true })),
    wantReferences: (version) =>
      want('references', version, () => api.call('schemas.references', { connectionId, subject, version })),
    loadTopics,
  }
}
