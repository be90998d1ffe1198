import { describe, expect, it, vi } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createOpenRecordStore, headerPage } from './record-store.ts'

const MIB = 1_048_576
const place = { partition: 0, offset: 7n }

/** A record whose value has 2.5 MiB; `failing` lets slices fail. */
function largeRecord() {
  const whole = new Uint8Array(2.5 * MIB).map((_, at) => at % 251)
  const asked: { part: string; from: number }[] = []
  const app = { isFailing: false }
  const call = (route: string, input: { part: 'value'; from: number; length: number }) => {
    if (route === 'messages.record') {
      return Promise.resolve({ kind: 'record', ...place, key: null, keySize: -1, value: whole.slice(0, MIB), valueSize: whole.length }) // oxfmt-ignore
    }
    asked.push({ part: input.part, from: input.from })
    if (app.isFailing) return Promise.reject(new SeeklineError('connect.lost', 'away', { retryable: true }))
    return Promise.resolve({ bytes: whole.slice(input.from, input.from + input.length), size: whole.length })
  }
  const store = createOpenRecordStore({ call } as unknown as Pick<StoreApiPort, 'call'>, 'c' as ConnectionId, 'orders')
  return { store, asked, app, whole }
}

describe('an opened record', () => {
  it('grows by a MiB at a time, exactly, and stops at its end', async () => {
    const { store, asked, whole } = largeRecord()
    await store.open(place)
    expect(store.getState().value).toHaveLength(MIB)
    await store.fetchMore('value')
    await store.fetchMore('value')
    await store.fetchMore('value')
    expect(asked.map(({ from }) => from)).toEqual([MIB, 2 * MIB])
    expect(Buffer.compare(Buffer.from(store.getState().value!), Buffer.from(whole))).toBe(0)
  })

  it('comes whole when all of it is asked for', async () => {
    const { store, whole } = largeRecord()
    await store.open(place)
    await store.fetchAll('value')
    expect(Buffer.compare(Buffer.from(store.getState().value!), Buffer.from(whole))).toBe(0)
    expect(store.getState().isFetching).toBe(false)
  })

  it('keeps what is shown when a further slice fails, and can try again', async () => {
    const { store, app } = largeRecord()
    await store.open(place)
    app.isFailing = true
    await store.fetchMore('value')
    expect(store.getState().record).toMatchObject({ status: 'failed', value: { kind: 'record' } })
    expect(store.getState().value).toHaveLength(MIB)
    app.isFailing = false
    await store.fetchMore('value')
    expect(store.getState().record.status).toBe('ready')
    expect(store.getState().value).toHaveLength(2 * MIB)
  })
})

describe('a list gone through with a key held', () => {
  it('asks for the record it stops at, and for the first', async () => {
    vi.useFakeTimers()
    try {
      const asked: bigint[] = []
      const call = (_: string, { offset }: { offset: bigint }) => {
        asked.push(offset)
        return Promise.resolve({ kind: 'record', partition: 0, offset, key: null, value: null })
      }
      const store = createOpenRecordStore(
        { call } as unknown as Pick<StoreApiPort, 'call'>,
        'c' as ConnectionId,
        'orders',
      )
      for (let offset = 1n; offset <= 40n; offset += 1n) {
        store.pass({ partition: 0, offset })
        await vi.advanceTimersByTimeAsync(33)
      }
      expect(store.getState().place).toEqual({ partition: 0, offset: 40n })
      await vi.advanceTimersByTimeAsync(1_000)
      expect(asked).toEqual([1n, 40n])
      expect(store.getState().record).toMatchObject({ status: 'ready', value: { offset: 40n } })
      store.pass({ partition: 0, offset: 40n })
      expect(asked).toHaveLength(2)
    } finally {
      vi.useRealTimers()
    }
  })

  it('forgets one that waits when it is closed', async () => {
    vi.useFakeTimers()
    try {
      const { store } = largeRecord()
      store.pass({ partition: 0, offset: 1n })
      store.pass({ partition: 0, offset: 2n })
      store.close()
      await vi.advanceTimersByTimeAsync(1_000)
      expect(store.getState()).toMatchObject({ place: undefined, record: { status: 'idle' } })
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the headers of an opened record', () => {
  it('are turned page by page, forward and back', async () => {
    const page = (from: number) =>
      Array.from({ length: Math.min(1_000, 2_500 - from) }, (_, i) => ({
        name: new TextEncoder().encode(`h${from + i}`),
        value: null,
        size: -1,
      }))
    const call = (route: string, { from }: { from: number }) =>
      Promise.resolve(
        route === 'messages.record'
          ? { kind: 'record', ...place, key: null, value: null, headers: page(0), headerCount: 2_500 }
          : { headers: page(from), headerCount: 2_500, next: from + 1_000 < 2_500 ? from + 1_000 : null },
      )
    const store = createOpenRecordStore(
      { call } as unknown as Pick<StoreApiPort, 'call'>,
      'c' as ConnectionId,
      'orders',
    )
    await store.open(place)
    const shown = () => {
      const { record, headerPages } = store.getState()
      if (record.value?.kind !== 'record') throw new Error('no record')
      const { from, headers, next } = headerPage(record.value, headerPages)
      return [from, headers.length, next]
    }
    expect(shown()).toEqual([0, 1_000, 1_000])
    await store.turnHeaders(1)
    await store.turnHeaders(1)
    expect(shown()).toEqual([2_000, 500, null])
    await store.turnHeaders(1)
    expect(shown()).toEqual([2_000, 500, null])
    await store.turnHeaders(-1)
    await store.turnHeaders(-1)
    await store.turnHeaders(-1)
    expect(shown()).toEqual([0, 1_000, 1_000])
  })
})
