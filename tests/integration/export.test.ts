import { isUtf8 } from 'node:buffer'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { run, runBytes } from '../../scripts/lib/run-program.ts'
import { duckRows } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// What is exported is what was written, to the last byte, as programs read it that are not ours; and a tail that filters.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient
let folder: string
let topic: string

interface Written {
  timestamp: bigint
  key: Buffer | null
  value: Buffer | null
  headers: { name: Buffer; value: Buffer | null }[]
}

const odd: Written[] = [
  { timestamp: 1_700_000_000_000n, key: Buffer.from('a'), value: Buffer.from('{"id":9007199254740993}'), headers: [] },
  { timestamp: 1_700_000_000_001n, key: null, value: null, headers: [] },
  { timestamp: 1_700_000_000_002n, key: Buffer.of(0xff, 0x00), value: Buffer.of(0xc3, 0x28), headers: [] },
  { timestamp: 1_700_000_000_003n, key: Buffer.from('b'), value: Buffer.from('\ufeffwith a mark,\r\n"quoted"\u2028'), headers: [{ name: Buffer.from('h'), value: null }, { name: Buffer.from('h'), value: Buffer.from('twice') }, { name: Buffer.from(''), value: Buffer.of(0xff) }] }, // oxfmt-ignore
  { timestamp: 1_700_000_000_004n, key: Buffer.from('-12.5'), value: Buffer.from('=HYPERLINK("http://x")'), headers: [] },
  { timestamp: 1_700_000_000_005n, key: Buffer.from(''), value: Buffer.from('@sum 😀'), headers: [] },
] // oxfmt-ignore

const written = Array.from({ length: 3_000 }, (_, i): Written => {
  const one = odd[i]
  return one ?? { timestamp: 1_700_000_000_000n + BigInt(i), key: Buffer.from(`k${i}`), value: Buffer.from(`{"n":${i},"even":${i % 2 === 0}}`), headers: [] } // oxfmt-ignore
})

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  folder = await mkdtemp(join(tmpdir(), 'seekline-export-'))
  topic = uniqueName('export')
  await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
  for (let at = 0; at < written.length; at += 500) await wire.produce(topic, 0, writeBatch(written.slice(at, at + 500), { codec: 'zstd' })) // oxfmt-ignore
})
afterAll(async () => {
  wire?.close()
  await app?.close()
  await rm(folder, { recursive: true, force: true })
})

/** All that kcat tells of a topic but its name, in the form of its own. */
async function kcatRaw(of: string, format: string): Promise<Buffer> {
  const { stdout } = await runBytes('kcat', ['-C', '-q', '-e', '-b', bootstrap, '-t', of, '-o', 'beginning', '-f', format], { timeoutMs: 60_000 }) // oxfmt-ignore
  return stdout
}

const ledgerOf = async () => (await app.call('messages.ledger', { connectionId: id, topic })).ledger

type Part = null | { text: string } | { base64: string }
const bytesOf = (part: Part): Buffer | null =>
  part === null ? null : 'text' in part ? Buffer.from(part.text) : Buffer.from(part.base64, 'base64')

describe('an export', () => {
  it('as lines of JSON has each record to the last byte', async () => {
    const path = join(folder, 'all.ndjson')
    const done = await app.openStream('messages.export', { connectionId: id, ledger: await ledgerOf(), format: { as: 'ndjson' }, path }) // oxfmt-ignore
    expect(done).toMatchObject({ reason: 'end', path, found: { matched: 3_000n }, failures: [] })
    expect(BigInt((await stat(path)).size)).toBe(done.written)
    const lines = (await readFile(path, 'utf8')).split('\n')
    expect(lines.pop()).toBe('')
    const read = lines.map((line) => {
      const { topic: of, partition, offset, timestamp, key, value, headers } = JSON.parse(line) as { topic: string; partition: number; offset: string; timestamp: string; key: Part; value: Part; headers: { name: Part; value: Part }[] } // oxfmt-ignore
      return { topic: of, partition, offset, timestamp: BigInt(timestamp), key: bytesOf(key), value: bytesOf(value), headers: headers.map((one) => ({ name: bytesOf(one.name), value: bytesOf(one.value) })) } // oxfmt-ignore
    })
    expect(read).toEqual(written.map((one, i) => ({ topic, partition: 0, offset: String(i), ...one })))
  })

  it('as CSV is what another program reads of it, and nothing that a spreadsheet runs', async () => {
    const read = async (name: string, defuse: boolean): Promise<string[][]> => {
      const path = join(folder, name)
      const format = { as: 'csv' as const, defuse, fields: [{ part: 'value' as const, path: ['n'] }] }
      await app.openStream('messages.export', { connectionId: id, ledger: await ledgerOf(), format, path })
      const script =
        'import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8")))))'
      return JSON.parse((await promisify(execFile)('python3', ['-c', script, path], { maxBuffer: 1 << 26 })).stdout) as string[][] // oxfmt-ignore
    }
    const rows = await read('all.csv', true)
    expect(rows[0]).toEqual(['topic', 'partition', 'offset', 'timestamp', 'key', 'value', 'value.n'])
    expect(rows.length).toBe(3_001)
    expect(rows[4]!.slice(4, 6)).toEqual(['b', '\ufeffwith a mark,\r\n"quoted"\u2028'])
    expect(rows[5]!.slice(4, 6)).toEqual(['-12.5', `'=HYPERLINK("http://x")`])
    expect(rows[6]!.slice(4, 6)).toEqual(['', `'@sum 😀`])
    expect(rows[101]).toEqual([topic, '0', '100', '2023-11-14T22:13:20.100Z', 'k100', '{"n":100,"even":true}', '100'])
    expect((await read('armed.csv', false))[5]![5]).toBe('=HYPERLINK("http://x")')
  })

  it('holds what a filter matches alone, as places too', async () => {
    const path = join(folder, 'even.txt')
    const filter = { kind: 'text', text: '"even":true' } as const
    await app.openStream('messages.export', { connectionId: id, ledger: await ledgerOf(), filter, format: { as: 'coordinates' }, path }) // oxfmt-ignore
    const wanted = written.flatMap(({ value }, i) =>
      value?.includes('"even":true') === true ? [`${topic}\t0\t${i}\n`] : [],
    )
    expect(await readFile(path, 'utf8')).toBe(wanted.join(''))
  })

  it('as Parquet is the table that DuckDB reads, each record to the last byte', async () => {
    const path = join(folder, 'all.parquet')
    const done = await app.openStream('messages.export', { connectionId: id, ledger: await ledgerOf(), format: { as: 'parquet' }, path }) // oxfmt-ignore
    expect(done).toMatchObject({ reason: 'end', path, found: { matched: 3_000n }, failures: [] })
    expect(BigInt((await stat(path)).size)).toBe(done.written)
    const rows = await duckRows(`select topic, partition, "offset", epoch_ms("timestamp"), key, key_bytes, value, value_bytes, headers from '${path}' order by "offset"`) // oxfmt-ignore
    const text = (bytes: Buffer | null): string | null => (bytes === null || !isUtf8(bytes) ? null : bytes.toString())
    const rest = (bytes: Buffer | null): string | null => (bytes === null || isUtf8(bytes) ? null : bytes.toString('hex')) // oxfmt-ignore
    expect(rows.map((row) => row.slice(0, 8))).toEqual(written.map((one, i) => [topic, '0', String(i), String(one.timestamp), text(one.key), rest(one.key), text(one.value), rest(one.value)])) // oxfmt-ignore
    const headers = rows.map(([, , , , , , , , json]) => (JSON.parse(json!) as { name: Part; value: Part }[]).map((one) => ({ name: bytesOf(one.name), value: bytesOf(one.value) }))) // oxfmt-ignore
    expect(headers).toEqual(written.map((one) => one.headers))
  })

  it('of a search holds its hits, or all of its range, of all its topics', async () => {
    const other = uniqueName('export-other')
    await wire.createTopic(other, 2)
    for (const partition of [0, 1]) await wire.produce(other, partition, writeBatch(written.slice(100, 300)))
    const topics = { by: 'names' as const, names: [topic, other] }
    const filter = { kind: 'expression', source: 'value.n % 1000 == 200' } as const
    const { kept } = await app.call('search.start', { connectionId: id, topics, filter })
    const format = { as: 'coordinates' as const }
    const input = { connectionId: id, search: kept.search, format }
    await app.openStream('search.run', { connectionId: id, search: kept.search })
    const hits = await app.openStream('search.export', { ...input, path: join(folder, 'found.txt') })
    expect(hits).toMatchObject({ reason: 'end', found: { matched: 5n }, failures: [] })
    const lines = (await readFile(join(folder, 'found.txt'), 'utf8')).trim().split('\n')
    expect(lines.toSorted()).toEqual([200, 1_200, 2_200].map((n) => `${topic}\t0\t${n}`).concat(`${other}\t0\t100`, `${other}\t1\t100`).toSorted()) // oxfmt-ignore
    const all = await app.openStream('search.export', { ...input, what: 'range', path: join(folder, 'range.txt') })
    expect(all.found.matched).toBe(3_400n)

    // Of each key the newest: not to be found again by the filter alone.
    const newest = await app.call('search.start', { connectionId: id, topics: { by: 'names', names: [other] }, newestPerKey: true, direction: 'backward' }) // oxfmt-ignore
    const again = { connectionId: id, search: newest.kept.search }
    await wire.produce(other, 0, writeBatch(written.slice(100, 200)))
    await app.call('search.widen', again)
    await app.openStream('search.run', again)
    const exported = await app.openStream('search.export', { ...again, format, path: join(folder, 'newest.txt') })
    expect(exported.found.matched).toBe(400n)
    expect((await readFile(join(folder, 'newest.txt'), 'utf8')).includes(`${other}\t0\t0\n`)).toBe(false)
  })

  it('is what Produce writes again, to the last byte', async () => {
    const copy = uniqueName('export-copy')
    await wire.createTopic(copy, 1, { 'retention.ms': '-1' })
    const path = join(folder, 'again.ndjson')
    await app.openStream('messages.export', { connectionId: id, ledger: await ledgerOf(), format: { as: 'ndjson' }, path }) // oxfmt-ignore
    const source = { kind: 'file' as const, path }
    const plan = await app.call('produce.plan', { connectionId: id, topic: copy, source })
    await app.openStream('produce.apply', { connectionId: id, plan, source })
    const fields = '%o %T %K %S %k%s%h'
    const [before, after] = await Promise.all([topic, copy].map((of) => kcatRaw(of, fields)))
    expect(after!.equals(before!)).toBe(true)
  })

  it('that fills the disk, or a folder where nobody may write, says so and leaves nothing', async () => {
    const own = await mkdtemp(join(folder, 'full-'))
    const ledger = JSON.stringify(await ledgerOf(), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) // oxfmt-ignore
    for (const as of ['ndjson', 'parquet']) {
      const input = JSON.stringify({ ledger: JSON.parse(ledger) as object, format: { as }, path: join(own, 'x') })
      // A process whose files may not become longer than some kilobytes: what a full disk says comes the same way.
      const shell = `ulimit -f 8; exec "$0" "$@"`
      const args = [
        '-c',
        shell,
        process.execPath,
        'electron/api.ts',
        'messages.export',
        input,
        '--bootstrap',
        bootstrap,
      ]
      const { code, stderr } = await run('bash', args, { timeoutMs: 60_000, env: { SEEKLINE_HOME: own } }) // oxfmt-ignore
      expect([as, code]).toEqual([as, 1])
      expect(JSON.parse(stderr.trim().split('\n').at(-1)!)).toMatchObject({ code: 'storage.failed', hint: expect.stringContaining('large') as string }) // oxfmt-ignore
      expect((await readdir(own)).filter((name) => name.includes('x'))).toEqual([])
    }
  })

  it('that is cancelled, or may not be written, leaves nothing behind', async () => {
    const before = await readdir(folder)
    const stop = new AbortController()
    const path = join(folder, 'never.ndjson')
    const input = { connectionId: id, ledger: await ledgerOf(), format: { as: 'ndjson' as const } }
    const large = uniqueName('export-large')
    await wire.createTopic(large, 1)
    for (let batch = 0; batch < 6; batch += 1) await wire.produce(large, 0, writeBatch([{ timestamp: 1n, key: null, value: randomBytes(900_000), headers: [] }])) // oxfmt-ignore
    const { ledger } = await app.call('messages.ledger', { connectionId: id, topic: large })
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: 1 })
    try {
      const done = await app.openStream('messages.export', { ...input, ledger, path }, { signal: stop.signal, onProgress: () => stop.abort() }) // oxfmt-ignore
      expect(done).toMatchObject({ reason: 'cancelled', path: null })
    } finally {
      await app.call('connections.setReadLimit', { connectionId: id, readLimit: null })
    }
    await expect(app.openStream('messages.export', { ...input, path: join(folder, 'all.csv') })).rejects.toMatchObject({ code: 'call.invalid' }) // oxfmt-ignore
    await expect(app.openStream('messages.export', { ...input, path: '../x' })).rejects.toMatchObject({ code: 'call.invalid' }) // oxfmt-ignore
    await expect(app.openStream('messages.export', { ...input, path: join(folder, 'no/where') })).rejects.toMatchObject({ code: 'storage.failed' }) // oxfmt-ignore
    expect(await readdir(folder)).toEqual(before)
  })

  it('by a name alone goes to the downloads, and beside what is there', async () => {
    const home = process.env['HOME']
    process.env['HOME'] = folder
    try {
      const input = {
        connectionId: id,
        ledger: await ledgerOf(),
        format: { as: 'coordinates' as const },
        path: 'hits.txt',
      }
      const paths = [await app.openStream('messages.export', input), await app.openStream('messages.export', input)].map(({ path }) => path) // oxfmt-ignore
      expect(paths).toEqual([join(folder, 'Downloads/hits.txt'), join(folder, 'Downloads/hits (2).txt')])
      expect((await readdir(join(folder, 'Downloads'))).toSorted()).toEqual(['hits (2).txt', 'hits.txt'])
    } finally {
      process.env['HOME'] = home
    }
  })
})

it('a tail shows what its filter matches, says how many it looked at, and ends with the first where that is wanted', async () => {
  const from = [{ partition: 0, offset: 0n }]
  const filter = { kind: 'text', text: '"n":2500,' } as const
  const found: bigint[] = []
  const done = await app.openStream('messages.tail', { connectionId: id, topic, from, filter, untilFirst: true }, { onBatch: ({ offset }) => void found.push(...offset) }) // oxfmt-ignore
  expect([done.reason, found]).toEqual(['found', [2_500n]])
  const stop = new AbortController()
  const all: bigint[] = []
  let looked = 0n
  const ended = await app.openStream('messages.tail', { connectionId: id, topic, from, filter: { kind: 'text', text: '"even":true' } }, {
    signal: stop.signal,
    onBatch: ({ offset, holes }) => {
      all.push(...offset)
      expect(holes).toEqual([])
    },
    onProgress: (progress) => {
      looked = progress.looked
      if (looked === 3_000n && all.length > 1_400) stop.abort()
    },
  }) // oxfmt-ignore
  expect(all.map(Number)).toEqual(written.flatMap(({ value }, i) => (value?.includes('"even":true') === true ? [i] : []))) // oxfmt-ignore
  expect(ended).toMatchObject({ reason: 'cancelled', forward: [{ partition: 0, offset: 3_000n }] })
})
