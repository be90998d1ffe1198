import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FullRecord, HeaderValue, NoRecord } from '#shared/contract/messages.ts'
import type { NewRecord, RecordPlan, RecordResult } from '#shared/contract/replay.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../../api/client.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import type { RecordAt } from '../../shared-views/record/whole-record.ts'
import { bytesDraft, encodeBytes, type Bytes, type BytesDraft } from './bytes-draft.ts'

export interface HeaderDraft {
  readonly id: number
  readonly name: BytesDraft
  readonly value: BytesDraft
  /** The broker's answer carried only the beginning. */
  readonly isCut: boolean
}

/** One record as it will be produced. */
export interface RecordDraft {
  readonly key: BytesDraft
  readonly value: BytesDraft
  readonly headers: readonly HeaderDraft[]
  /** Headers of the record that are not among them. */
  readonly missingHeaders: number
  /** As typed; empty = by key. */
  readonly partition: string
  readonly keepsTimestamp: boolean
  readonly target: ConnectionId
  readonly targetTopic: string
}

export type Produced = RecordResult & { readonly connectionId: ConnectionId; readonly journalId: string }

export interface RecordState {
  readonly at: RecordAt | undefined
  readonly status: 'idle' | 'loading' | 'ready' | 'hole' | 'failed'
  readonly loaded: { readonly done: number; readonly size: number } | undefined
  readonly record: FullRecord | undefined
  readonly hole: NoRecord | undefined
  readonly error: ErrorValue | undefined
  readonly draft: RecordDraft | undefined
  /** Of the draft as it is: every change of it takes the plan away. */
  readonly plan: Fetched<RecordPlan>
  readonly isProducing: boolean
  readonly produceError: ErrorValue | undefined
  readonly produced: Produced | undefined
}

export interface RecordStore extends StoreApi<RecordState> {
  open: (at: RecordAt) => Promise<void>
  /** A record of its own, from nothing; what was typed for the same topic stays. */
  compose: (to: Pick<RecordDraft, 'target' | 'targetTopic'>) => void
  change: (part: Partial<RecordDraft>) => void
  addHeader: () => void
  moveHeader: (id: number, by: -1 | 1) => void
  revert: () => void
  /** Asks where the draft would go, and what the topic would do to it. */
  makePlan: () => Promise<void>
  /** Writes what was planned. */
  produce: (confirm?: string) => Promise<void>
}

export type CheckedRecord =
  | {
      ok: true
      partition: number | null
      key: Bytes | null
      value: Bytes | null
      headers: { name: Bytes; value: Bytes | null }[]
    }
  | { ok: false; errors: Readonly<Record<string, string>> }

const SLICE = 1_048_576
/** What one message to the app can carry; a frame has 8 MiB, of which headers and key need some. */
const LARGEST = 7_340_032
/** What `replay.produce` takes; a record that has more is copied as a range, not edited. */
const MOST_HEADERS = 10_000

export function checkRecord(draft: RecordDraft): CheckedRecord {
  const errors: Record<string, string> = {}
  const take = (field: string, part: BytesDraft): Bytes | null => {
    const encoded = encodeBytes(part)
    if (encoded.ok) return encoded.bytes
    errors[field] = encoded.message
    return null
  }
  const key = take('key', draft.key)
  const value = take('value', draft.value)
  const headers = draft.headers.map((header) => {
    const name = take(`name-${header.id}`, header.name)
    if (header.isCut)
      errors[`value-${header.id}`] = 'Over 64 KiB: only its beginning could be read. Replace or remove it.'
    return { name: name ?? new Uint8Array(), value: take(`value-${header.id}`, header.value) }
  })
  const text = draft.partition.trim()
  if (text !== '' && !/^\d{1,9}$/.test(text)) errors['partition'] = 'A partition’s number, or nothing: then by key.'
  if (draft.targetTopic.trim() === '') errors['targetTopic'] = 'Into which topic?'
  if (draft.missingHeaders > 0) errors['headers'] = `${draft.missingHeaders} more headers of this record are not loaded, for no more than ${MOST_HEADERS} can be edited. Copy the record as it is, as a range.` // prettier-ignore
  const headerBytes = headers.reduce((sum, header) => sum + header.name.length + (header.value?.length ?? 0), 0)
  const size = (key?.length ?? 0) + (value?.length ?? 0) + headerBytes
  if (size > LARGEST) errors['value'] = 'Too large to be edited here (7 MiB at most). Copy it as it is, as a range.'
  if (Object.keys(errors).length > 0) return { ok: false, errors }
  return { ok: true, partition: text === '' ? null : Number(text), key, value, headers }
}

let headerIds = 0

// oxlint-disable-next-line max-lines-per-function -- one closure over the state of the store; each of its actions is short
export function createRecordStore(api: Pick<Api, 'call'>): RecordStore {
  const store = createStore<RecordState>(() => start)
  const { getState, setState } = store
  let opening = 0

  /** The rest of a key or value that the record's answer cut. */
  const whole = async (at: RecordAt, part: 'key' | 'value', first: Bytes, size: number, mine: number) => {
    const bytes = new Uint8Array(size)
    bytes.set(first)
    for (let from = first.length; from < size && mine === opening;) {
      setState({ loaded: { done: from, size } })
      const { connectionId, topic, partition, offset } = at
      const answer = await api.call('messages.payload', {
        connectionId,
        topic,
        partition,
        offset,
        part,
        from,
        length: Math.min(SLICE, size - from),
      })
      if (answer.bytes.length === 0) throw new Error('The rest of the record could not be read.')
      bytes.set(answer.bytes, from)
      from += answer.bytes.length
    }
    return bytes
  }

  /** The headers behind those that the record's answer carries. Beyond what can be sent back none are loaded. */
  const allHeaders = async (at: RecordAt, { headers, headerCount }: FullRecord, mine: number) => {
    if (headerCount > MOST_HEADERS) return headers
    const all = [...headers]
    const { connectionId, topic, partition, offset } = at
    for (let from: number | null = all.length; from !== null && from < headerCount && mine === opening;) {
      const page: { headers: HeaderValue[]; next: number | null } = await api.call('messages.headers', {
        connectionId,
        topic,
        partition,
        offset,
        from,
      })
      all.push(...page.headers)
      from = page.next
    }
    return all
  }

  return {
    ...store,
    open: async (at) => {
      const mine = (opening += 1)
      setState({ ...start, at, status: 'loading' })
      try {
        const found = await api.call('messages.record', { ...at })
        if (mine !== opening) return
        if (found.kind === 'hole') return setState({ status: 'hole', hole: found })
        const key = found.key === null ? null : await whole(at, 'key', found.key, found.keySize, mine)
        // Beyond what can be sent back there is nothing to edit, and so nothing to load.
        const value =
          found.value === null || found.valueSize > LARGEST
            ? found.value
            : await whole(at, 'value', found.value, found.valueSize, mine)
        if (mine !== opening) return
        const headers = await allHeaders(at, found, mine)
        if (mine !== opening) return
        const record = { ...found, key, value, headers }
        setState({ status: 'ready', record, draft: draftOf(at, record), loaded: undefined })
      } catch (error) {
        if (mine === opening) setState({ status: 'failed', error: toErrorValue(error) })
      }
    },
    compose: (to) => {
      const { status, at, draft } = getState()
      if (status === 'ready' && at === undefined && draft?.target === to.target && draft.targetTopic === to.targetTopic)
        return
      opening += 1
      setState({ ...start, status: 'ready', draft: newDraft(to) })
    },
    change: (part) =>
      setState(({ draft }) => (draft === undefined ? {} : { draft: { ...draft, ...part }, ...unplanned })),
    addHeader: () =>
      setState(({ draft }) => {
        const typed = { kind: 'typed', mode: 'text', text: '' } as const
        const header = { id: (headerIds += 1), name: typed, value: typed, isCut: false }
        return draft === undefined ? {} : { draft: { ...draft, headers: [...draft.headers, header] }, ...unplanned }
      }),
    moveHeader: (id, by) =>
      setState(({ draft }) => {
        if (draft === undefined) return {}
        const headers = [...draft.headers]
        const from = headers.findIndex((header) => header.id === id)
        const to = from + by
        if (from === -1 || to < 0 || to >= headers.length) return {}
        ;[headers[from], headers[to]] = [headers[to]!, headers[from]!]
        return { draft: { ...draft, headers }, ...unplanned }
      }),
    revert: () =>
      setState(({ at, record, draft }) => {
        if (at !== undefined && record !== undefined) return { draft: draftOf(at, record), ...unplanned }
        return draft === undefined ? {} : { draft: newDraft(draft), ...unplanned }
      }),
    makePlan: async () => {
      const { draft, record } = getState()
      const checked = draft === undefined ? undefined : recordOf(draft, record)
      if (checked === undefined || draft === undefined) return
      setState(({ plan }) => ({ ...unplanned, plan: loading(plan) }))
      // Whoever edits meanwhile has another draft, which this is no plan of.
      const isSame = () => getState().draft === draft
      try {
        const plan = await api.call('replay.planProduce', { connectionId: draft.target, ...checked })
        if (isSame()) setState({ plan: ready(plan) })
      } catch (error) {
        if (isSame()) setState({ plan: failed(idle, error) })
      }
    },
    produce: async (confirm) => {
      const { draft, record, plan, isProducing } = getState()
      if (draft === undefined || isProducing || plan.status !== 'ready') return
      const checked = recordOf(draft, record)
      if (checked === undefined || plan.value === undefined) return
      setState({ isProducing: true, produceError: undefined, produced: undefined })
      const input = { connectionId: draft.target, record: checked, plan: plan.value }
      try {
        const result = await api.call('replay.produce', { ...input, ...(confirm === undefined ? {} : { confirm }) })
        // A second one is a second change: it gets a plan of its own.
        setState({ produced: { ...result, connectionId: draft.target }, plan: idle })
      } catch (error) {
        const value = toErrorValue(error)
        setState({ produceError: value, ...(value.code.startsWith('access.') ? {} : { plan: idle }) })
      } finally {
        setState({ isProducing: false })
      }
    },
  }
}

const unplanned = { plan: idle, produced: undefined, produceError: undefined }

/** `undefined`: something in the draft is no record. */
function recordOf(draft: RecordDraft, original: FullRecord | undefined): NewRecord | undefined {
  const checked = checkRecord(draft)
  if (!checked.ok) return undefined
  const { partition, key, value, headers } = checked
  return { topic: draft.targetTopic.trim(), partition, key, value, headers, timestamp: draft.keepsTimestamp && original !== undefined ? original.timestamp : null } // prettier-ignore
}

const start: RecordState = {
  at: undefined,
  status: 'idle',
  loaded: undefined,
  record: undefined,
  hole: undefined,
  error: undefined,
  draft: undefined,
  plan: idle,
  isProducing: false,
  produceError: undefined,
  produced: undefined,
}

/** Without a key it goes to partition 0, with one to where Kafka's own producers would put it. */
function newDraft({ target, targetTopic }: Pick<RecordDraft, 'target' | 'targetTopic'>): RecordDraft {
  return {
    key: { kind: 'null' },
    value: { kind: 'typed', mode: 'text', text: '' },
    headers: [],
    missingHeaders: 0,
    partition: '',
    keepsTimestamp: false,
    target,
    targetTopic,
  }
}

function draftOf(at: RecordAt, record: FullRecord): RecordDraft {
  return {
    key: bytesDraft(record.key, record.keyAs),
    value: bytesDraft(record.value, record.valueAs),
    headers: record.headers.map((header) => ({
      id: (headerIds += 1),
      name: bytesDraft(header.name, header.nameAs),
      value: bytesDraft(header.value, header.valueAs),
      isCut: header.nameSize !== undefined || (header.value !== null && header.size > header.value.length),
    })),
    missingHeaders: record.headerCount - record.headers.length,
    partition: String(at.partition),
    // −1 is "none": there is nothing to keep.
    keepsTimestamp: record.timestamp >= 0n,
    target: at.connectionId,
    targetTopic: at.topic,
  }
}
