import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { RecordFilter } from '#shared/filters/filter.ts'
import { RecordFilter as FilterValue } from '#shared/filters/filter.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { newLedger, type OffsetRange, type ScanLedger } from '#shared/model/ledger.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { clusterSource, createReader, ReadLimit } from '../../electron/kafka/log-reader.ts'
import { createDecodePool } from '../../electron/kafka/workers/pool.ts'
import { scan } from '../../electron/services/messages/scan.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { median, ratioOf, tellFigures, type Figure } from './figures.ts'
import { avroOrder, fill, type TopicData } from './search-data.ts'
import { measured, shellCount, type Measured } from './search-peers.ts'

/*
 * The time of a search, compared with a lower bound (the wire: the same fetches, their bytes dropped) and with other tools,
 * all on one broker in one run, in turns. Counts always have to be equal.
 *
 *   node tests/bench/search.ts [--scale 0.1] [--rounds 5] [--only json,codecs,many,large,avro] [--peers wire,kcat,grep,jq,tuned,console,kafkajs] [--data FOLDER]
 *
 * At scale 1 it is 10 M records of 200 B JSON in 3 partitions, 3 M for each codec, 200 partitions with 1 M, 100 k of 10 KB, and
 * 3 M Avro. Only ratios mean something on a machine that others use as well.
 */

const { values: options } = parseArgs({
  options: {
    scale: { type: 'string', default: '0.1' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    peers: { type: 'string' },
    /** A folder to keep the broker's data in: the next run at the same scale finds it there. */
    data: { type: 'string' },
  },
})
const scale = Number(options.scale)
const rounds = Number(options.rounds)
const isWanted = (list: string | undefined, name: string): boolean => list === undefined || list.split(',').includes(name) // oxfmt-ignore
const records = (full: number): number => Math.max(10_000, Math.round(full * scale))

const kafkajsProgram = fileURLToPath(new URL('kafkajs-count.ts', import.meta.url))

const text = (words: string): RecordFilter => FilterValue.parse({ kind: 'text', text: words, matchCase: true })
const expression = (source: string): RecordFilter => FilterValue.parse({ kind: 'expression', source })

/**
 * Options that make kcat faster at reading a whole topic from a nearby broker: by default it fetches a megabyte of a partition
 * at a time, and stops fetching while a hundred thousand records wait to be printed.
 */
const kcatTuned = [
  'fetch.message.max.bytes=8388608',
  'fetch.max.bytes=67108864',
  'receive.message.max.bytes=104857600',
  'queued.min.messages=10000000',
  'queued.max.messages.kbytes=1048576',
  'socket.receive.buffer.bytes=4194304',
]

interface Contest {
  /** "substring search ÷ the wire". */
  name: string
  ours: () => Promise<Measured>
  peer: () => Promise<Measured>
  /** How many times as fast as the peer it has to be. */
  least?: number
}

async function main(): Promise<void> {
  const kafka = await startKafka({
    heapMb: 1_024,
    isMeasured: true,
    ...(options.data === undefined ? {} : { dataDir: options.data }),
  })
  const pool = createDecodePool({ resolveSchema: () => Promise.resolve({ schema: avroOrder, subject: null, version: null }) }) // oxfmt-ignore
  try {
    const cluster = await openCluster({ brokers: [addressOf(kafka.bootstrap)], clientId: 'seekline-bench' }, { mode: 'read-only' }) // oxfmt-ignore
    pool.keep({ kind: 'decoding', connection: 'bench', setup: { registry: 'confluent', rules: [] } })
    const reader = createReader(clusterSource(cluster), pool, new ReadLimit(), 'bench')
    const seen = new Map<string, readonly OffsetRange[]>()

    const rangesOf = async ({ topic, partitions }: TopicData): Promise<readonly OffsetRange[]> => {
      const bounds = await reader.source.bounds(topic, Array.from({ length: partitions }, (_, p) => p)) // oxfmt-ignore
      const ranges = [...bounds].map(([partition, found]) => {
        if (found instanceof Error) throw found
        return { partition, from: found.logStart, to: found.highWatermark }
      })
      seen.set(topic, ranges)
      return ranges
    }
    const wire = (topic: string) => measured(async () => {
      for await (const event of reader.rawBatches({ topic, ranges: seen.get(topic)! })) {
        if (event.kind === 'failed') throw event.error
      }
      return null
    }) // oxfmt-ignore
    const search = (topic: string, filter: RecordFilter | null, want: 'rows' | 'count') => measured(async () => {
      const ledger: ScanLedger = newLedger({ clusterId: null, topic, topicId: null }, seen.get(topic)!)
      const most = { matches: 1_000_000_000, bytes: 1n << 60n, milliseconds: 3_600_000 }
      const input = { connectionId: 'bench', ledger, filter, time: null, direction: 'forward', want, list: 'matches', spreads: [], newestPerKey: false, show: { aborted: false, open: true }, previews: 'short', fields: [], patient: true, most } as unknown as Parameters<typeof scan>[1] // oxfmt-ignore
      const sink = { batch: () => Promise.resolve(), progress: () => undefined }

      const done = await scan({ cluster, reader }, input, sink, new AbortController().signal)
      if (done.reason !== 'end' || done.failures.length > 0) throw new Error(`it ended with ${done.reason}: ${done.failures.map(({ partition, error }) => `${topic}[${partition}] ${error.message}`).join(' ')}`) // oxfmt-ignore
      return Number(done.found.matched)
    }) // oxfmt-ignore
    const kcat = `kcat -C -q -e -X isolation.level=read_committed -b ${kafka.bootstrap} -o beginning`
    const shell = (command: string) => shellCount(command.replaceAll('KCAT', kcat))
    const tuned = (command: string) => shellCount(command.replaceAll('KCAT', `${kcat} ${kcatTuned.map((one) => `-X ${one}`).join(' ')}`)) // oxfmt-ignore

    const contests: Contest[] = []
    const add = (contest: Contest & { peerName: string }): void => {
      if (isWanted(options.peers, contest.peerName)) contests.push(contest)
    }
    /** Compares with kcat by its defaults, and with a tuned one, for which there is no requirement: it is only printed. */
    const addKcat = ({ command, ...contest }: Omit<Contest, 'peer'> & { peerName: string; command: string }): void => {
      add({ ...contest, peer: () => shell(command) })
      const { least: _, ...untold } = contest
      add({ ...untold, peerName: 'tuned', name: contest.name.replace('kcat', 'kcat, tuned'), peer: () => tuned(command) }) // oxfmt-ignore
    }
    const prepare = async (data: TopicData): Promise<string> => {
      const start = performance.now()
      const found = await rangesOf(data).catch(() => [])
      if (found.reduce((sum, { from, to }) => sum + Number(to - from), 0) !== data.records) {
        await fill(kafka.bootstrap, data)
        await rangesOf(data)
      }
      console.log(`${data.topic}: ${data.records.toLocaleString('en')} records in ${Math.round((performance.now() - start) / 1_000)} s`) // oxfmt-ignore
      return data.topic
    }

    if (isWanted(options.only, 'json')) {
      const json = await prepare({ topic: 'json', partitions: 3, records: records(10_000_000) })
      const rare = text('rarely-seen')
      const cel = expression('value.status == "rarely-seen" && value.total >= 0.0')
      const field = expression('value.customer.id < 5000 && value.total > 100.0')
      add({ peerName: 'wire', name: 'text search ÷ the wire', ours: () => search(json, rare, 'rows'), peer: () => wire(json), least: 1 / 1.5 }) // oxfmt-ignore
      addKcat({ peerName: 'grep', name: 'text search ÷ kcat | grep -c', ours: () => search(json, rare, 'rows'), command: `KCAT -t ${json} | grep -c rarely-seen`, least: 7 }) // oxfmt-ignore
      add({ peerName: 'wire', name: 'CEL, one in 100,000 ÷ the wire', ours: () => search(json, cel, 'rows'), peer: () => wire(json), least: 1 / 2 }) // oxfmt-ignore
      addKcat({ peerName: 'jq', name: 'CEL, a third matches ÷ kcat | jq', ours: () => search(json, field, 'count'), command: `KCAT -t ${json} | jq -c 'select(.customer.id < 5000 and .total > 100.0)' | wc -l`, least: 15 }) // oxfmt-ignore
      addKcat({ peerName: 'kcat', name: 'rows of everything ÷ kcat', ours: () => search(json, null, 'rows'), command: `KCAT -t ${json} -f '%o %k %s\\n' | wc -l`, least: 2 }) // oxfmt-ignore
      add({ peerName: 'console', name: 'text search ÷ the console consumer | grep -c', ours: () => search(json, rare, 'rows'), peer: () => consoleCount(kafka, json, records(10_000_000)) }) // oxfmt-ignore
      add({ peerName: 'kafkajs', name: 'text search ÷ a consumer of kafkajs', ours: () => search(json, rare, 'rows'), peer: () => shellCount(`'${process.execPath}' '${kafkajsProgram}' ${kafka.bootstrap} ${json} ${records(10_000_000)} rarely-seen`) }) // oxfmt-ignore
    }
    if (isWanted(options.only, 'codecs')) {
      for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
        const topic = await prepare({ topic: codec, partitions: 3, records: records(3_000_000), codec })
        addKcat({ peerName: 'kcat', name: `${codec}: text search ÷ kcat`, ours: () => search(topic, text('rarely-seen'), 'rows'), command: `KCAT -t ${topic} | grep -c rarely-seen`, least: 2 }) // oxfmt-ignore
      }
    }
    if (isWanted(options.only, 'many')) {
      const many = await prepare({ topic: 'many', partitions: 200, records: records(1_000_000) })
      addKcat({ peerName: 'kcat', name: '200 partitions: text search ÷ kcat', ours: () => search(many, text('rarely-seen'), 'rows'), command: `KCAT -t ${many} | grep -c rarely-seen`, least: 1.5 }) // oxfmt-ignore
    }
    if (isWanted(options.only, 'large')) {
      const large = await prepare({ topic: 'large', partitions: 3, records: records(100_000), bytes: 10_000 })
      addKcat({ peerName: 'kcat', name: '10 KB: text search ÷ kcat', ours: () => search(large, text('"failed"'), 'count'), command: `KCAT -t ${large} | grep -c '"failed"'` }) // oxfmt-ignore
    }
    let avroRecords = 0
    if (isWanted(options.only, 'avro')) {
      avroRecords = records(3_000_000)
      const avro = await prepare({ topic: 'avro', partitions: 3, records: avroRecords, isAvro: true })
      add({ peerName: 'wire', name: 'Avro: CEL over a field ÷ the wire', ours: () => search(avro, expression('value.customer.id < 5000 && value.total > 100.0'), 'count'), peer: () => wire(avro) }) // oxfmt-ignore
    }
    await measure(contests, avroRecords)
    cluster.close()
  } finally {
    await pool.close()
    await kafka.stop()
  }
}

async function measure(contests: readonly Contest[], avroRecords: number): Promise<void> {
  const figures: Figure[] = contests.map(({ name }) => ({ name, ours: [], peer: [] }))
  const spent: Figure[] = structuredClone(figures)
  const before = process.memoryUsage().rss
  let peak = before
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  for (let round = -1; round < rounds; round += 1) {
    for (const [i, { name, ours, peer }] of contests.entries()) {
      const theirs = await peer()
      delay.enable()
      const own = await ours()
      delay.disable()
      if (theirs.count !== null && theirs.count !== own.count) throw new Error(`${name}: ${own.count} and ${theirs.count} are found`) // oxfmt-ignore
      // The first round warms everything up.
      if (round < 0) continue
      figures[i]!.ours.push(own.ms)
      figures[i]!.peer.push(theirs.ms)
      spent[i]!.ours.push(own.cpuMs ?? Number.NaN)
      spent[i]!.peer.push(theirs.cpuMs ?? Number.NaN)
    }
  }
  clearInterval(watch)
  tellFigures(figures)
  const misses: string[] = []
  for (const [i, { name, ours, peer }] of figures.entries()) {
    const ratio = median(peer) / median(ours)
    const { least } = contests[i]!
    if (least !== undefined && ratio < least) misses.push(`${name} is ${ratio.toFixed(2)}, not ${least.toFixed(2)}`)
    const cpu = ratioOf(spent[i]!)
    console.log(`${name.padEnd(46)} ${ratio.toFixed(2).padStart(6)} ×   ${spread(ours)} and ${spread(peer)} ms; processor time ${cpu.toFixed(2)} ×, ${spread(spent[i]!.ours)} and ${spread(spent[i]!.peer)} ms`) // oxfmt-ignore
  }
  if (avroRecords > 0) {
    const avro = figures.find(({ name }) => name.startsWith('Avro'))
    if (avro !== undefined) console.log(`Avro: ${Math.round(avroRecords / (median(avro.ours) / 1_000)).toLocaleString('en')} records a second`) // oxfmt-ignore
  }
  console.log(`main thread p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms; memory +${Math.round((peak - before) / (1 << 20))} MiB`) // oxfmt-ignore
  console.log(misses.length === 0 ? 'holds' : `misses: ${misses.join('; ')}`)
  process.exitCode = misses.length === 0 ? 0 : 1
}

/** The median and the range. */
const spread = (times: readonly number[]): string =>
  `${Math.round(median(times))} (${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))})`

/** It prints nothing, which favours it: its output would have to be searched. */
async function consoleCount({ bootstrap, tools }: RunningKafka, topic: string, count: number): Promise<Measured> {
  const start = performance.now()
  const silent = ['--formatter', 'org.apache.kafka.tools.consumer.NoOpMessageFormatter']
  const args = ['--bootstrap-server', bootstrap, '--topic', topic, '--from-beginning', '--max-messages', String(count)]
  await tools.call('ConsoleConsumer', [...args, '--isolation-level', 'read_committed', ...silent], { timeoutMs: 900_000 }) // oxfmt-ignore
  return { ms: performance.now() - start, cpuMs: null, count: null }
}

await main().catch(exitWith)
