import { spawn } from 'node:child_process'
import fs from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { withFileLock } from '../../scripts/lib/file-lock.ts'
import { cachePath } from '../../scripts/lib/paths.ts'
import { run } from '../../scripts/lib/run-program.ts'
import { SetupError } from '../../scripts/lib/setup-error.ts'
import type { Tagged } from './tagged.ts'

const folder = path.join(import.meta.dirname, 'serialisers')
const LIMIT_MS = 400_000

export type SerialiserKind = 'avro' | 'protobuf' | 'protobuf-text' | 'json'

export interface YardstickRecord {
  partition: number
  offset: number
  value: Tagged
}

/** Confluent's own serialisers for Python: they write records, and read records of a topic with their deserialisers. */
export async function serialisers(
  command: 'write' | 'read',
  at: { bootstrap: string; registry: string; kind: SerialiserKind; topic: string; count: number; seed?: number },
): Promise<YardstickRecord[]> {
  const { bootstrap, registry, kind, topic, count, seed = 0 } = at
  const args = [command, bootstrap, registry, kind, topic, String(count), String(seed)]
  const result = await run(await python(), [path.join(folder, 'serialise.py'), ...args], { timeoutMs: LIMIT_MS })
  if (result.code !== 0) throw new Error(`serialise.py ${args.join(' ')} ended with ${result.code}: ${result.stderr}`)
  return result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as YardstickRecord)
}

/** Writes unusual records of all kinds (odd_records.py), for `selectedByHand`. */
export async function writeOddRecords(at: OddRecords & { seed: number }): Promise<void> {
  const { bootstrap, registry, topic, count, seed } = at
  await filtersScript(['write', bootstrap, registry, topic, String(count), String(seed)])
}

/** The records that each named filter should select, by predicates in Python: "partition/offset". */
export async function selectedByHand({
  bootstrap,
  registry,
  topic,
  count,
}: OddRecords): Promise<Record<string, string[]>> {
  return JSON.parse(await filtersScript(['judge', bootstrap, registry, topic, String(count)])) as Record<
    string,
    string[]
  >
}

interface OddRecords {
  bootstrap: string
  registry: string
  topic: string
  count: number
}

/** The newest record of each key ("partition/offset"), and the counts by `status`, by a consumer in Python. */
export async function newestByHand(at: {
  bootstrap: string
  topic: string
}): Promise<{ newest: string[]; statuses: Record<string, number>; records: number }> {
  const result = await run(await python(), [path.join(folder, 'newest.py'), at.bootstrap, at.topic], { timeoutMs: LIMIT_MS }) // oxfmt-ignore
  if (result.code !== 0) throw new Error(`newest.py ended with ${result.code}: ${result.stderr}`)
  return JSON.parse(result.stdout) as Awaited<ReturnType<typeof newestByHand>>
}

export interface CommitStep {
  how: 'auto' | 'sync' | 'rewind' | 'transaction' | 'aborted'
  /** By this machine's clock, after the commit was answered. */
  at: bigint
  /** Everything that the group has committed by then. */
  positions: Map<number, bigint>
  /** The records that were consumed since the previous step: "partition/offset". */
  read: string[]
}

/** A group of Confluent's client that consumes a topic and commits in several ways (commits.py), by its own account. */
export async function commitInManyWays(at: {
  bootstrap: string
  topic: string
  group: string
  partitions: number
}): Promise<CommitStep[]> {
  const args = [at.bootstrap, at.topic, at.group, String(at.partitions)]
  const result = await run(await python(), [path.join(folder, 'commits.py'), ...args], { timeoutMs: LIMIT_MS })
  if (result.code !== 0) throw new Error(`commits.py ${args.join(' ')} ended with ${result.code}: ${result.stderr}`)
  return result.stdout
    .trim()
    .split('\n')
    .map((line) => {
      const step = JSON.parse(line) as { how: CommitStep['how']; at: number; positions: Record<string, number>; read: [number, number][] } // oxfmt-ignore
      return {
        how: step.how,
        at: BigInt(step.at),
        positions: new Map(Object.entries(step.positions).map(([partition, offset]) => [Number(partition), BigInt(offset)])), // oxfmt-ignore
        read: step.read.map((one) => one.join('/')),
      }
    })
}

/** A member of Confluent's client (member.py), which reports its partitions each time they change. */
export async function startMember(at: { bootstrap: string; topic: string; group: string; assignor: string }): Promise<{
  /** The partitions that it has now. */
  partitions(): readonly number[]
  stop(): Promise<void>
}> {
  const args = [path.join(folder, 'member.py'), at.bootstrap, at.topic, at.group, at.assignor]
  const child = spawn(await python(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let partitions: readonly number[] = []
  createInterface({ input: child.stdout }).on('line', (line) => (partitions = JSON.parse(line) as number[]))
  return {
    partitions: () => partitions,
    stop: async () => {
      child.kill('SIGINT')
      await ended
    },
  }
}

/** DuckDB's answer, each row as its columns in order: texts, numbers as texts, bytes in hex, null. */
export async function duckRows(sql: string): Promise<(string | null)[][]> {
  const script = `
import duckdb, json, sys
shown = lambda one: None if one is None else one.hex() if isinstance(one, (bytes, bytearray)) else str(one)
print(json.dumps([[shown(one) for one in row] for row in duckdb.sql(sys.argv[1]).fetchall()]))`
  const result = await run(await python(), ['-c', script, sql], { timeoutMs: LIMIT_MS })
  if (result.code !== 0) throw new Error(`${sql}: ${result.stderr}`)
  return JSON.parse(result.stdout) as (string | null)[][]
}

/** Reads batches with a Kafka client in Python and the codecs' own libraries: one line for each, in the form of batches.py. */
export async function startBatchReader(): Promise<{
  read(batches: readonly Uint8Array[]): Promise<string[]>
  close(): void
}> {
  const child = spawn(await python(), [path.join(folder, 'batches.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    read: async (batches) => {
      const length = (bytes: number): Buffer => Buffer.from(Int32Array.of(bytes).buffer).swap32()
      child.stdin.write(Buffer.concat([...batches.flatMap((one) => [length(one.length), one]), length(-1)]))
      const told: string[] = []
      while (told.length < batches.length) {
        const { value, done } = await lines.next()
        if (done === true) throw new Error(`batches.py ended after ${told.length} of ${batches.length} batches`)
        told.push(value)
      }
      return told
    },
    close: () => void child.kill(),
  }
}

async function filtersScript(args: string[]): Promise<string> {
  const result = await run(await python(), [path.join(folder, 'filters.py'), ...args], { timeoutMs: LIMIT_MS })
  if (result.code !== 0) throw new Error(`filters.py ${args.join(' ')} ended with ${result.code}: ${result.stderr}`)
  return result.stdout
}

/** A Python with the packages of requirements.txt, in the cache; installed once. */
async function python(): Promise<string> {
  const requirements = path.join(folder, 'requirements.txt')
  const home = cachePath('python-serialisers')
  const command = path.join(home, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const complete = path.join(home, 'complete')
  const wanted = await fs.readFile(requirements, 'utf8')
  const isThere = async (): Promise<boolean> => (await fs.readFile(complete, 'utf8').catch(() => '')) === wanted
  if (await isThere()) return command
  await withFileLock(`${home}.lock`, async () => {
    if (await isThere()) return
    await fs.rm(home, { recursive: true, force: true })
    await tried('python3', ['-m', 'venv', home])
    await tried(command, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements])
    await fs.writeFile(complete, wanted)
  })
  return command
}

async function tried(command: string, args: string[]): Promise<void> {
  const result = await run(command, args, { timeoutMs: LIMIT_MS }).catch((error: unknown) => ({
    code: 1,
    stdout: '',
    stderr: String(error),
  }))
  if (result.code === 0) return
  throw new SetupError(
    `${command} ${args.join(' ')} failed; the comparison with Confluent's serialisers and DuckDB needs Python 3.10 or newer with venv (Debian and Ubuntu: apt install python3-venv): ${result.stdout}${result.stderr}`,
  )
}
