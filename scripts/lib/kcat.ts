import { randomUUID } from 'node:crypto'
import { aptInstall } from './apt.ts'
import { answers, run, runBytes } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** A record as kcat (librdkafka) reads it. */
export interface KcatRecord {
  partition: number
  offset: bigint
  timestamp: bigint
  key: Buffer | null
  value: Buffer | null
  /** `name=value,name=value` in wire order, duplicates kept; a null value is printed as NULL. */
  headers: string
}

export interface KcatConsume {
  topic: string
  partition?: number
  /** kcat's -o: beginning (the default), an offset, -n for the newest n, s@<ms>. */
  offset?: string
  count?: number
  readUncommitted?: boolean
  /** Further librdkafka settings. */
  settings?: Record<string, string>
  timeoutMs?: number
}

/**
 * Consumes without a group up to the end (or `count` records), byte for byte; commits nothing.
 * Over SASL use PLAIN: the librdkafka in Debian 12's kcat (2.0.2) is refused by Kafka 4.3 with SCRAM.
 */
export async function kcatConsume(bootstrap: string, options: KcatConsume): Promise<KcatRecord[]> {
  const kcat = await kcatCommand()
  // Lengths precede key and value, so they may contain any bytes; headers have no length and end at an unguessable mark.
  const mark = `<${randomUUID()}>`
  const args = [
    '-C', '-q', '-e', '-b', bootstrap, '-t', options.topic, '-o', options.offset ?? 'beginning',
    ...(options.partition === undefined ? [] : ['-p', String(options.partition)]),
    ...(options.count === undefined ? [] : ['-c', String(options.count)]),
    ...settings({
      'isolation.level': options.readUncommitted ? 'read_uncommitted' : 'read_committed',
      'allow.auto.create.topics': 'false',
      'fetch.message.max.bytes': '33554432',
      ...options.settings,
    }),
    '-f', `%p %o %T %K %S %k%s%h${mark}`,
  ] // oxfmt-ignore
  const result = await runBytes(kcat, args, { timeoutMs: options.timeoutMs ?? 60_000 })
  if (result.code !== 0) throw new Error(`kcat ${args.join(' ')} failed (${result.code}): ${result.stderr}`)
  return parse(result.stdout, mark)
}

/**
 * Joins a group as a consumer of one topic, reads `count` records from the group's position, commits them as it leaves, and ends.
 * Returns the offsets of the records, in order.
 */
export async function kcatGroup(
  bootstrap: string,
  of: { group: string; topic: string; count: number; settings?: Record<string, string> },
): Promise<bigint[]> {
  const kcat = await kcatCommand()
  const { group, topic, count } = of
  const args = ['-q', '-b', bootstrap, ...settings(of.settings ?? {}), '-G', group, '-c', String(count), '-f', '%o\\n', topic] // oxfmt-ignore
  const result = await run(kcat, args)
  if (result.code !== 0) throw new Error(`kcat of ${group} failed (${result.code}): ${result.stderr}`)
  return result.stdout.split('\n').filter(Boolean).map(BigInt)
}

/** One record for each line of `input`, into one partition; with `keyDelimiter` the key precedes it. */
export async function kcatProduce(
  bootstrap: string,
  options: {
    topic: string
    input: string
    partition?: number
    keyDelimiter?: string
    headers?: string[]
    settings?: Record<string, string>
    /** Empty keys and values are sent as null. */
    emptyIsNull?: boolean
  },
): Promise<void> {
  const kcat = await kcatCommand()
  const args = [
    '-P', '-q', '-b', bootstrap, '-t', options.topic,
    ...(options.partition === undefined ? [] : ['-p', String(options.partition)]),
    ...(options.keyDelimiter === undefined ? [] : ['-K', options.keyDelimiter]),
    ...(options.headers ?? []).flatMap((header) => ['-H', header]),
    ...(options.emptyIsNull ? ['-Z'] : []),
    ...settings(options.settings ?? {}),
  ] // oxfmt-ignore
  const result = await run(kcat, args, { input: options.input, timeoutMs: 120_000 })
  if (result.code !== 0) throw new Error(`kcat ${args.join(' ')} failed (${result.code}): ${result.stderr}`)
}

let found: Promise<string> | undefined

/** The name of kcat's program; installed through apt if that is allowed. */
async function kcatCommand(): Promise<string> {
  found ??= find()
  return found
}

async function find(): Promise<string> {
  const named = process.env.KCAT_PATH
  for (const name of named ? [named] : ['kcat', 'kafkacat']) {
    if (await answers(name, ['-V'])) return name
  }
  if ((await aptInstall('kcat')) && (await answers('kcat', ['-V']))) return 'kcat'
  throw new SetupError(
    'kcat was not found; tests judge by it. Install it (apt install kcat, brew install kcat) or set KCAT_PATH.',
  )
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['-X', `${key}=${value}`])
}

function parse(bytes: Buffer, mark: string): KcatRecord[] {
  const records: KcatRecord[] = []
  let at = 0
  const word = () => {
    const end = bytes.indexOf(0x20, at)
    const text = bytes.toString('latin1', at, end)
    at = end + 1
    return text
  }
  const take = (length: number) => {
    if (length < 0) return null
    const part = Buffer.from(bytes.subarray(at, at + length))
    at += length
    return part
  }
  while (at < bytes.length) {
    const partition = Number(word())
    const offset = BigInt(word())
    const timestamp = BigInt(word())
    const keyLength = Number(word())
    const valueLength = Number(word())
    const key = take(keyLength)
    const value = take(valueLength)
    const end = bytes.indexOf(mark, at, 'latin1')
    const headers = bytes.toString('utf8', at, end)
    at = end + mark.length
    records.push({ partition, offset, timestamp, key, value, headers })
  }
  return records
}
