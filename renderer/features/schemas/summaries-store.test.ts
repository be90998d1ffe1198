import { expect, it } from 'vitest'
import { settled, untilHolds } from '../../../tests/support/wait-for.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createSummariesStore } from './summaries-store.ts'

const id = 'eu' as ConnectionId
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `s${from + i}`)

interface Asked {
  subjects: string[]
  signal: AbortSignal
  tell: (subjects?: readonly string[]) => void
  fail: (error: Error) => void
}

interface Options {
  signal: AbortSignal
  onBatch: (rows: unknown[]) => void
}

function make() {
  const asked: Asked[] = []
  const openStream = (_: string, input: { subjects: string[] }, options: Options) => {
    const { promise, resolve, reject } = Promise.withResolvers<object>()
    options.signal.addEventListener('abort', () => reject(new Error('cancelled')))
    asked.push({
      subjects: input.subjects,
      signal: options.signal,
      tell: (subjects = input.subjects) => {
        options.onBatch(subjects.map((subject) => ({ subject })))
        resolve({})
      },
      fail: reject,
    })
    return promise
  }
  return { store: createSummariesStore({ openStream } as unknown as Pick<StoreApiPort, 'openStream'>, id), asked }
}

it('asks in waves for what is wanted last, and for nothing twice', async () => {
  const { store, asked } = make()
  store.want(names(0, 250), false)
  expect(asked.map(({ subjects }) => subjects.length)).toEqual([100])
  // Scrolled on meanwhile: what was passed by can wait.
  store.want(names(200, 260), false)
  asked[0]!.tell()
  await untilHolds('the next wave', () => expect(asked).toHaveLength(2))
  expect(asked[1]!.subjects).toEqual(names(200, 260))
  asked[1]!.tell()
  await untilHolds('both waves', () => expect(store.getState().bySubject.size).toBe(160))
  store.want(names(0, 100), false)
  store.want(names(200, 260), false)
  expect(asked).toHaveLength(2)
})

it('forgets what was told, and what is still on its way, when it is refreshed', async () => {
  const { store, asked } = make()
  store.want(names(0, 10), false)
  store.refresh()
  expect(asked[0]!.signal.aborted).toBe(true)
  asked[0]!.tell()
  store.want(names(0, 10), false)
  expect(asked).toHaveLength(2)
  asked[1]!.tell(['s3'])
  await untilHolds('the new answer', () => expect([...store.getState().bySubject.keys()]).toEqual(['s3']))
  expect(store.getState().error).toBeUndefined()
})

it('rests after a failure, although what is drawn is wanted again each time, and not after a refresh', async () => {
  const { store, asked } = make()
  store.subscribe(() => queueMicrotask(() => store.want(names(0, 10), false)))
  store.want(names(0, 10), false)
  asked[0]!.fail(new Error('gone'))
  await settled()
  expect(store.getState().error?.message).toContain('gone')
  expect(asked).toHaveLength(1)
  store.refresh()
  await settled()
  expect(asked).toHaveLength(2)
})
