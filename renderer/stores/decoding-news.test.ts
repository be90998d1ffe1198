import { expect, test } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { settled, untilHolds } from '../../tests/support/wait-for.ts'
import type { StoreApiPort } from './api.ts'
import { createDecodingNews, type DecodingChange } from './decoding-news.ts'

const dev = 'dev' as ConnectionId
const prod = 'prod' as ConnectionId

interface Opened {
  connectionId: string
  signal: AbortSignal
  tell: (change: DecodingChange) => void
  end: () => void
}

function fake() {
  const opened: Opened[] = []
  const api = {
    openStream: (_: string, { connectionId }: { connectionId: string }, options: { signal: AbortSignal; onBatch: Opened['tell'] }) =>
      new Promise((resolve) => {
        opened.push({ connectionId, signal: options.signal, tell: options.onBatch, end: () => resolve({}) })
      }),
  } as unknown as StoreApiPort // oxfmt-ignore
  return { opened, news: createDecodingNews(api, 1) }
}

const chosen = { isChosenAnew: true, schemas: 0 }

test('one stream a connection tells all its listeners, and ends with the last of them', () => {
  const { opened, news } = fake()
  const heard: string[] = []
  const leave = news.subscribe(dev, () => heard.push('first'))
  const leaveToo = news.subscribe(dev, () => heard.push('second'))
  news.subscribe(prod, () => heard.push('other cluster'))
  expect(opened.map(({ connectionId }) => connectionId)).toEqual(['dev', 'prod'])
  opened[0]!.tell(chosen)
  expect(heard).toEqual(['first', 'second'])
  leave()
  opened[0]!.tell(chosen)
  expect(heard).toEqual(['first', 'second', 'second'])
  expect(opened[0]!.signal.aborted).toBe(false)
  leaveToo()
  expect(opened.map(({ signal }) => signal.aborted)).toEqual([true, false])
  news.subscribe(dev, () => undefined)
  expect(opened).toHaveLength(3)
})

test('it is opened again where the wire broke, and not once nobody listens', async () => {
  const { opened, news } = fake()
  const heard: DecodingChange[] = []
  const leave = news.subscribe(dev, (change) => heard.push(change))
  opened[0]!.end()
  await untilHolds('it is open again', () => expect(opened).toHaveLength(2))
  opened[1]!.tell(chosen)
  expect(heard).toEqual([chosen])
  leave()
  opened[1]!.end()
  await settled()
  expect(opened).toHaveLength(2)
})
