import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RecordFilter, type GivenFilter } from '#shared/filters/filter.ts'
import { kcatCommand, type CommandFor } from '#shared/filters/kcat-command.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { OffsetRange } from '#shared/model/ledger.ts'
import { rowAt } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { run } from '../../scripts/lib/run-program.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { chance } from '../support/hostile-values.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// A command that is printed is run, and finds what the search finds.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient
let topic: string
let folder: string
let ranges: OffsetRange[]

const START = 1_764_000_000_000n
/** What a shell, jq or a regular expression would take for more than letters. */
const hostile = ["it's", '$(touch pwned)', '`touch pwned`', '"; touch pwned; "', "'; touch pwned; '", '\\(1+1)', '\\', 'a\nb', '\t', '!!', '%s%n', '*', '~', '|', '&', 'é', '😀', '\u0001', 'x y', '$HOME', '#{1}', '[a]', 'order-4711', 'Kelvin', 'İ'] // oxfmt-ignore

const values = (i: number): Buffer | null => {
  switch (i % 12) {
    case 0:
      return null
    case 1:
      return Buffer.from('')
    case 2:
      return Buffer.from(hostile[i % hostile.length]!)
    case 3:
      return Buffer.from([0xff, 0x00, i & 0xff, 0xc3, 0x28, 0x6f, 0x72, 0x64, 0x65, 0x72])
    case 4:
      return Buffer.from(JSON.stringify([{ sku: 'a' }, i]))
    case 5:
      return Buffer.from(String(i % 7))
    case 6:
      return Buffer.from(JSON.stringify(hostile[i % hostile.length]))
    default:
      return Buffer.from(JSON.stringify({ id: i % 50, total: i / 4, status: ['shipped', 'open', null, 7, hostile[i % hostile.length]][i % 5], nested: { 'first name': hostile[(i * 7) % hostile.length], tags: ['x', i % 3] }, flag: i % 2 === 0, ...(i % 3 === 0 ? { only: 1 } : {}) })) // oxfmt-ignore
  }
}

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  folder = await mkdtemp(join(tmpdir(), 'seekline-kcat-'))
  topic = uniqueName('kcat._-')
  await wire.createTopic(topic, 2, { 'retention.ms': '-1' })
  const producer = await wire.initProducer(uniqueName('kcat'))
  const { producerId, epoch: producerEpoch, transactionalId } = producer
  const sequences = [0, 0]
  for (let batch = 0; batch < 40; batch += 1) {
    const partition = batch % 2
    const records = Array.from({ length: 25 }, (_, n) => {
      const i = batch * 25 + n
      const header = (name: string, value: string | Buffer | null) => ({ name: Buffer.from(name), value: value === null ? null : Buffer.from(value) }) // oxfmt-ignore
      const headers = i % 4 === 0 ? [header('retry', String(i % 3)), header('retry', i % 8 === 0 ? null : '1'), header(hostile[i % hostile.length]!, 'h')] : [] // oxfmt-ignore
      return { timestamp: START + BigInt(i * 1_000), key: i % 6 === 0 ? null : Buffer.from(i % 6 === 1 ? `order-${i % 40}` : i % 6 === 2 ? String(i % 9) : hostile[i % hostile.length]!), value: values(i), headers } // oxfmt-ignore
    })
    if (batch % 8 !== 5) {
      await wire.produce(topic, partition, writeBatch(records))
      continue
    }
    // Aborted, so that isolation matters.
    await wire.addToTransaction(producer, topic, [partition])
    const made = writeBatch(records, { producerId, producerEpoch, baseSequence: sequences[partition]!, transactional: true }) // oxfmt-ignore
    sequences[partition]! += records.length
    await wire.produce(topic, partition, made, transactionalId ?? undefined)
    await wire.endTransaction(producer, batch % 16 === 5)
  }
  const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
  ranges = ledger.parts.map(({ partition, from, to }) => ({ partition, from, to }))
})
afterAll(async () => {
  wire?.close()
  await app?.close()
  await rm(folder, { recursive: true, force: true })
})

const search = (filter: GivenFilter | null, more: Partial<CommandFor> = {}): CommandFor => ({
  brokers: bootstrap,
  topics: [{ topic, ranges }],
  filter: filter === null ? null : RecordFilter.parse(filter),
  time: null,
  show: { aborted: false, open: true },
  hasOpen: false,
  isPlain: { key: true, value: true },
  order: 'found',
  isSecured: false,
  ...more,
})

async function byShell(of: CommandFor): Promise<string[]> {
  const made = kcatCommand(of)
  if ('why' in made) throw new Error(made.why)
  const { code, stdout, stderr } = await run('sh', ['-c', made.command], { timeoutMs: 60_000, cwd: folder })
  if (code !== 0) throw new Error(`${made.command}: ${stderr}`)
  const lines = stdout.split('\n').filter(Boolean)
  return lines.map((line) => { const { partition, offset } = JSON.parse(line) as { partition: number; offset: number }; return `${partition}/${offset}` }) // oxfmt-ignore
}

async function bySearch({ topics, filter, time, show }: CommandFor, order: CommandFor['order']): Promise<string[]> {
  const { kept } = await app.call('search.start', { connectionId: id, topics: { by: 'names', names: topics.map((one) => one.topic) }, filter, time, show }) // oxfmt-ignore
  await app.openStream('search.run', { connectionId: id, search: kept.search })
  const by = order === 'newest' || order === 'oldest' ? 'timestamp' : order
  const found: string[] = []
  for (let from = 0; ;) {
    const page = await app.call('search.page', { search: kept.search, order: by, newestFirst: order === 'newest', from, count: 500 }) // oxfmt-ignore
    for (let i = 0; i < page.rows.count; i += 1) {
      const { partition, offset } = rowAt(page.rows, i)
      found.push(`${partition}/${offset}`)
    }
    from += page.rows.count
    if (from >= page.total) return found
  }
}

const cel = (source: string): GivenFilter => ({ kind: 'expression', source })

const filters: Record<string, GivenFilter | null> = {
  'all': null,
  'text': { kind: 'text', text: 'ORDER' },
  'text in its case': { kind: 'text', text: 'order', matchCase: true },
  'text in keys': { kind: 'text', text: 'order-1', in: ['key'] },
  'text in headers': { kind: 'text', text: 'retry', in: ['headers'] },
  'word': { kind: 'text', text: 'order', wholeWord: true },
  'word in JSON': { kind: 'text', text: 'shipped', wholeWord: true, in: ['value'] },
  'regex': { kind: 'regex', pattern: 'order-[0-9]{2}', matchCase: true },
  'regex or': { kind: 'regex', pattern: '(shipped|"id":1)', matchCase: true, in: ['value'] },
  'not text': { kind: 'not', of: { kind: 'text', text: 'order' } },
  'is': cel('value.id == 7'),
  'is not': cel('value.status != "shipped"'),
  'null': cel('value.status == null'),
  'not null': cel('value.status != null'),
  'tombstone': cel('isNull'),
  'no tombstone': cel('isNull == false && key != null'),
  'more': cel('value.total >= 100.5 && value.id < 20'),
  'one of': cel('value.status in ["open", 7]'),
  'none of': cel('!(value.status in ["open", 7])'),
  'there': cel('has(value.only)'),
  'nested': cel('value.nested["first name"] == "it\'s"'),
  'item': cel('value.nested.tags[1] == 2'),
  'first item': cel('value[0].sku == "a"'),
  'contains': cel('value.status.contains("o")'),
  'contains no': cel('!value.status.contains("o")'),
  'begins': cel('value.status.startsWith("ship")'),
  'ends': cel('value.nested["first name"].endsWith("y")'),
  'fits': cel('value.status.matches("^(ship|op)")'),
  'bool': cel('value.flag == true'),
  'text value': cel('value == "order-4711"'),
  'number value': cel('value == "3"'),
  'key': cel('key == "order-7"'),
  'number key': cel('key == "5"'),
  'header': cel('headers.retry == "1"'),
  'header null': cel('headers.retry == null'),
  'place': cel('partition == 1 && offset > 100'),
  'time': cel('timestamp >= timestamp("2025-11-24T16:05:00Z")'),
  'any': { kind: 'any', of: [cel('value.id == 7 || value.id == 8'), { kind: 'text', text: 'retry', in: ['headers'] }] },
  'together': { kind: 'all', of: [cel('value.id < 30'), { kind: 'not', of: { kind: 'text', text: 'shipped' } }] },
} // oxfmt-ignore

describe('a command', () => {
  it(`finds what the search finds, for ${Object.keys(filters).length} filters`, async () => {
    for (const [name, filter] of Object.entries(filters)) {
      const of = search(filter)
      const [shell, found] = await Promise.all([byShell(of), bySearch(of, 'found')])
      expect([name, found.length > 0]).toEqual([name, true])
      expect([name, shell.toSorted()]).toEqual([name, found.toSorted()])
    }
  })

  it('holds whatever text is looked for, and a shell runs none of it', async () => {
    for (const [i, text] of hostile.entries()) {
      const { pick } = chance(i + 1)
      const of = search(pick([cel(`value.nested["first name"] == ${JSON.stringify(text)}`), { kind: 'text' as const, text, matchCase: true }])) // oxfmt-ignore
      const [shell, found] = await Promise.all([byShell(of), bySearch(of, 'found')])
      expect([text, shell.toSorted()]).toEqual([text, found.toSorted()])
    }
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['partition', 'newest', 'oldest'] as const)('lists by %s as the search does', async (order) => {
    const of = search({ kind: 'text', text: 'order' }, { order })
    expect(await byShell(of)).toEqual(await bySearch(of, order))
  })

  it('reads a part of the log, aborted records where they are wanted, a time, and several topics', async () => {
    const all = await bySearch(search(null), 'partition')
    const part = [{ partition: 1, from: 30n, to: 222n }]
    const isIn = (place: string): boolean => place.startsWith('1/') && Number(place.slice(2)) >= 30 && Number(place.slice(2)) < 222
    expect((await byShell(search(null, { topics: [{ topic, ranges: part }] }))).toSorted()).toEqual(all.filter(isIn).toSorted())
    const aborted = search(null, { show: { aborted: true, open: true } })
    const [shell, found] = [await byShell(aborted), await bySearch(aborted, 'found')]
    expect(found.length).toBeGreaterThan(all.length)
    expect(shell.toSorted()).toEqual(found.toSorted())
    const timed = search({ kind: 'text', text: 'order' }, { time: { from: START + 100_000n, to: START + 500_000n } })
    expect((await byShell(timed)).toSorted()).toEqual((await bySearch(timed, 'found')).toSorted())
    const other = uniqueName('kcat-other')
    await wire.createTopic(other, 1)
    await wire.produce(other, 0, writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('order'), headers: [] }]))
    const two = search({ kind: 'text', text: 'order' }, { topics: [{ topic, ranges }, { topic: other, ranges: [{ partition: 0, from: 0n, to: 1n }] }] })
    expect((await byShell(two)).toSorted()).toEqual((await bySearch(two, 'found')).toSorted())
  }) // oxfmt-ignore

  it('is told of a search that the app keeps, by what it knows of its topic', async () => {
    const filter = { kind: 'expression', source: 'value.id == 7' } as const
    const { kept } = await app.call('search.start', { connectionId: id, topics: { by: 'names', names: [topic] }, filter, order: 'oldest' }) // oxfmt-ignore
    await app.openStream('search.run', { connectionId: id, search: kept.search })
    const told = await app.call('search.command', { connectionId: id, search: kept.search })
    expect(told).toEqual(kcatCommand(search(filter, { order: 'oldest' })))
  })

  it.each([
    ['an open transaction', () => search(null, { hasOpen: true }), 'A transaction is open'],
    [
      'a schema',
      () => search(cel('value.id == 1'), { isPlain: { key: true, value: false } }),
      'kcat does not decode values',
    ],
    ['a large integer', () => search(cel('value.id == 9007199254740993')), '53 bits'],
    ['case of other letters', () => search({ kind: 'text', text: 'É' }), 'a to z'],
    ['bytes', () => search({ kind: 'text', text: 'ff 00' }), 'hex'],
    ['another regular expression', () => search({ kind: 'regex', pattern: '\\d+', matchCase: true }), 'RE2'],
    ['an expression of more', () => search(cel('value.items.exists(i, i.n > 1)')), 'more than rows'],
    ['an opposite', () => search({ kind: 'not', of: cel('value.id == 1') }), 'cannot be judged'],
    ['what kcat does not tell', () => search(cel('transactional')), 'transactional'],
  ] as const)('is none of %s, and says why', (_, of, why) => {
    expect(kcatCommand(of())).toEqual({ why: expect.stringContaining(why) as string })
  })
})
