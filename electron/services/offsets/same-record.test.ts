import { expect, it } from 'vitest'
import { silentColumns } from '../../../tests/support/silent-reader.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { findLast, findNext, findSame } from './same-record.ts'

// A broker that answers for nothing in the time of one look cannot be had on demand.

const access = {
  reader: {
    timeLimit: () => Promise.resolve(AbortSignal.timeout(5)),
    columns: silentColumns,
  },
} as unknown as MessagesAccess
const face = { offset: 0n, timestamp: 0n, isAppended: false, keySize: 1, valueSize: 1, start: Buffer.from('kv') }

it.each([
  ['the next', findNext],
  ['the last', findLast],
  ['the same', findSame],
])('%s record is not told to be absent where it was not found in time', async (_, find) => {
  const ranges = [{ partition: 3, from: 0n, to: 10n, face }]
  const found = await find(access, { topic: 'orders', topicId: null }, ranges, new AbortController().signal)
  expect([...found]).toMatchObject([[3, { code: 'call.timeout' }]])
})
