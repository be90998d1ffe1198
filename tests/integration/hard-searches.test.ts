import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SeeklineContract } from '#shared/contract/index.ts'
import type { Done, Input } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { every } from '../support/wait-for.ts'

// Records and filters that are meant to take for ever stand between good ones: a search goes on, counts what it cannot judge by its
// reason, and the app answers others meanwhile. What matches is judged by kcat.

type Filter = Input<SeeklineContract['messages.scan']>['filter']

const GOOD = 400
const nest = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const hard = {
  'a letter a hundred thousand times': JSON.stringify({ id: 1, s: `${'a'.repeat(100_000)}!` }),
  'two hundred items': JSON.stringify({ id: 2, items: Array.from({ length: 200 }, (_, i) => i) }),
  'ten thousand levels': `{"id":3,"deep":${nest(10_000)}}`,
  '20 MB': JSON.stringify({ id: 4, s: 'x'.repeat(20_000_000) }),
  'a number that ends nowhere': `{"id":5,"n":${'9'.repeat(500_000)}}`,
  'no JSON at all': `{"id":6,${'{'.repeat(50_000)}`,
}

let app: TestApp
let id: ConnectionId
let topic: string
let values: string[]

beforeAll(async () => {
  const { bootstrap } = await sharedKafka()
  app = await startApp()
  id = await app.connect(bootstrap)
  const wire = await connectWire(bootstrap)
  topic = uniqueName('hard')
  await wire.createTopic(topic, 2, { 'retention.ms': '-1', 'max.message.bytes': '33554432' })
  const good = (n: number) => ({ timestamp: 1n, key: Buffer.from(`k${n}`), value: Buffer.from(JSON.stringify({ id: 1_000 + n, s: n % 4 === 0 ? 'aaaa' : 'b', items: [n] })), headers: [] }) // oxfmt-ignore
  for (const [i, value] of Object.values(hard).entries()) {
    const some = Array.from({ length: GOOD / 8 }, (_, n) => good(i * 100 + n))
    for (const records of [some, [{ timestamp: 1n, key: null, value: Buffer.from(value), headers: [] }], some]) await wire.produce(topic, i % 2, writeBatch(records)) // oxfmt-ignore
  }
  wire.close()
  values = (await kcatConsume(bootstrap, { topic })).map(({ value }) => value!.toString())
})
afterAll(() => app?.close())

/** What a scan came to, and how often somebody else was answered meanwhile. */
async function searched(filter: Filter, direction: 'forward' | 'backward') {
  const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
  let answers = 0
  let asking = null as Promise<unknown> | null
  const others = every(10, () => {
    asking ??= app.call('connections.list', {}).then(() => {
      answers += 1
      asking = null
    })
  })
  try {
    const done: Done<SeeklineContract['messages.scan']> = await app.openStream('messages.scan', { connectionId: id, ledger, filter, direction }) // oxfmt-ignore
    return { reason: done.reason, failures: done.failures, ...done.found, isAnswered: answers > 0 }
  } finally {
    others.stop()
    await asking
  }
}

const nested = 'value.items.all(a, value.items.all(b, value.items.all(c, a + b + c < 100000)))'
const holds = (test: (value: string) => boolean): bigint => BigInt(values.filter(test).length)
const isGood = (value: string): boolean => value.startsWith('{"id":1') && value.length < 100

it.each<[string, Filter, () => { matched: bigint; notJudged: Record<string, bigint> }]>([
  ['a pattern that others try for ever', { kind: 'regex', pattern: '(a+)+$', matchCase: true, in: ['value'] }, () => ({ matched: 0n, notJudged: {} })], // oxfmt-ignore
  // A record without the field, or that is no JSON, does not match: only what could not be looked at is not judged.
  ['the same in an expression', { kind: 'expression', source: 'value.s.matches("^(a+)+$")' }, () => ({ matched: holds((value) => isGood(value) && value.includes('aaaa')), notJudged: { 'too-large': 1n } })], // oxfmt-ignore
  ['macros in macros', { kind: 'expression', source: nested }, () => ({ matched: holds(isGood), notJudged: { 'too-large': 1n, 'over-time': 1n } })], // oxfmt-ignore
  ['a text', { kind: 'text', text: '"id":1', in: ['value'], matchCase: true, wholeWord: false }, () => ({ matched: holds((value) => value.includes('"id":1')), notJudged: {} })], // oxfmt-ignore
])('%s is looked for in records of every size and depth, from both ends', async (_, filter, wanted) => {
  // oxfmt-ignore
  for (const direction of ['forward', 'backward'] as const) {
    expect(await searched(filter, direction)).toEqual({ reason: 'end', failures: [], records: BigInt(values.length), isAnswered: true, ...wanted() }) // oxfmt-ignore
  }
})
