import { bytesOfText } from '#shared/bytes.ts'
import { recordParts, type Predicate } from '#shared/filters/predicate.ts'
import type { Decoded } from '#shared/model/decoded.ts'
import type { DecodeChain } from '../decode/decode-chain.ts'
import type { TopicChains } from '../decode/topic-chains.ts'
import type { DecodeContext, DecodedAt, OnItsWay } from '../decode/decoder.ts'
import { RecordLines } from '../decode/export-lines.ts'
import { RecordSpreads } from '../decode/record-spreads.ts'
import type { WorkerSchemas } from '../decode/worker-schemas.ts'
import { CursorRecord } from '../decode/filter-record.ts'
import { RowDecoder } from '../decode/row-decoder.ts'
import { ColumnOutput, ROW_BYTES } from '../records/column-output.ts'
import type { ColumnOptions, Judgement, RecordColumns } from '../records/column-types.ts'
import { decodeOne } from '../records/one-record.ts'
import { headersOf } from '../records/headers.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import { ColumnWalker, WORK_BYTES } from '../records/walk-columns.ts'
import { compose } from '../produce/compose.ts'
import { transformPart } from '../replay/transform-records.ts'
import { decodeHeaders } from './decode-headers.ts'
import {
  patienceMs,
  type ColumnPart,
  type DecodeResult,
  type DecodeTask,
  type OneOptions,
  type Patience,
} from './tasks.ts'
import { trialOf } from './try-filter.ts'

/** What a worker keeps between tasks. */
export interface WorkerParts {
  chainsOf: (at: DecodedAt) => TopicChains
  schemas: WorkerSchemas
  /** The filter kept under a number. */
  filterOf: (ref: number) => Predicate
  /** Waits for what is missing, for at most this many ms; other tasks run in the meantime. */
  wait: (missing: readonly Promise<void>[], mostMs: number) => Promise<void>
}

/** The output of one task for one partition, approximately at most. */
const MADE_BYTES = 64 << 20
/** For lines of a file: the writer waits for the disk, and several answers wait with it. */
const LINES_BYTES = 16 << 20
/** How often rows are decoded again because yet another schema is missing, before it is done without. */
const WAITS = 8

/** The output of each piece is copied at its end, so one buffer serves all tasks. */
const output = new ColumnOutput()

export async function perform(task: DecodeTask, parts: WorkerParts): Promise<DecodeResult> {
  switch (task.kind) {
    case 'one': {
      const bytes = new Uint8Array(task.buffer, task.offset, task.length)
      return oneRecord(bytes, task.at, task.options, parts)
    }
    case 'headers':
      return {
        kind: 'headers',
        headers: await decodeHeaders(task, (bytes, name, at) =>
          wholeOf(bytes, at, () => parts.chainsOf(at).headerOf(name), task.patience, parts),
        ),
      }
    case 'transform': {
      const records = new Uint8Array(task.buffer)
      return { kind: 'transform', part: transformPart({ ...task.part, records }, task.options) }
    }
    case 'encode':
      return encode(task, parts)
    case 'columns': {
      const made: RecordColumns[][] = []
      for (const part of task.parts) made.push(await walkPart(task.buffer, part, parts))
      return { kind: 'columns', parts: made }
    }
  }
}

/** Decodes a part; rows that wait for a schema are decoded again once it is loaded, or without it if it takes too long. */
async function walkPart(buffer: ArrayBuffer, part: ColumnPart, parts: WorkerParts): Promise<RecordColumns[]> {
  const { decodedAt, patience = 'look', fields, spreads: requests, lines: format, ...options } = part.options
  if (decodedAt === undefined) return walk(buffer, part, options)
  for (let waits = 0; ; waits += 1) {
    const judge = part.options.matching ?? part.options.trial?.filter ?? null
    const wanted = judge === null ? undefined : parts.filterOf(judge).wanted
    const decoder = new RowDecoder(parts.chainsOf(decodedAt), decodedAt, fields, wanted)
    const spreads = requests === undefined ? {} : { spreads: new RecordSpreads(requests, decoder, decodedAt) }
    const lines = format === undefined ? {} : { lines: new RecordLines(format, decoder, decodedAt) }
    const trial = trialOf(part.options, decoder, parts.filterOf)
    const judging = trial === null ? filterOptions(part, decoder, parts) : { judge: trial.judge }
    const pieces = walk(buffer, part, { ...options, ...spreads, ...lines, decoder, ...judging })
    const holdsOthersUp = patience === 'look' && !decoder.allAreWaiting
    if (waits < WAITS && !holdsOthersUp && (await waited(decoder.missing, patience, parts))) continue
    return trial?.result(pieces) ?? pieces
  }
}

/** False: there was nothing worth waiting for. */
async function waited(missing: Iterable<OnItsWay>, patience: Patience, { wait }: WorkerParts): Promise<boolean> {
  const now = performance.now()
  const left = (one: OnItsWay): number => one.since + patienceMs[patience] - now
  const young = [...missing].filter((one) => left(one) > 0)
  if (young.length === 0) return false
  await wait(
    young.map(({ settled }) => settled),
    Math.max(...young.map(left)),
  )
  return true
}

/** The beginning of a JSON escape. */
const escape = bytesOfText('\\u')

function filterOptions(
  { options }: ColumnPart,
  decoder: RowDecoder,
  { filterOf }: WorkerParts,
): Partial<ColumnOptions> {
  if (options.matching === undefined) return {}
  const { verdict, literal } = filterOf(options.matching)
  let record: CursorRecord | null = null
  const judge = (cursor: RecordCursor): Judgement => {
    const found = verdict((record ??= new CursorRecord(cursor, decoder)))
    if (typeof found === 'object') return found.cannot
    // The record is complete, so nothing is left undecided.
    return found === 'unknown' ? 'no' : found
  }
  if (literal === null || decoder.isPlain === false) return { judge }
  const where = Object.fromEntries(recordParts.map((one) => [one, literal.in.includes(one)]))
  return {
    judge,
    filter: {
      anyOf: literal.orEscapes === true ? [...literal.anyOf, escape] : literal.anyOf,
      in: where,
    },
  }
}

function walk(buffer: ArrayBuffer, part: ColumnPart, options: ColumnOptions): RecordColumns[] {
  const { maxRows, pieces: of, previewBytes } = part.options
  const walker = new ColumnWalker(new Uint8Array(buffer, part.offset, part.length), options, output)
  if (maxRows !== undefined) return [walker.take({ maxRecords: maxRows })]
  // Bytes beyond the limit belong to the last row, whose previews may be larger than all before it.
  const beyond = ROW_BYTES + (previewBytes?.key ?? 0) + (previewBytes?.value ?? 0)
  const limits = of === undefined ? {} : { maxRecords: of.rows, maxBytes: of.bytes + beyond }
  const pieces: RecordColumns[] = []
  const most = part.options.lines === undefined ? MADE_BYTES : LINES_BYTES
  for (let made = 0, work = 0; ;) {
    const piece = walker.take(limits)
    pieces.push(piece)
    made += piece.count * ROW_BYTES + piece.preview.length + (piece.lines?.length ?? 0)
    work += walker.work
    // A small input may produce much: the rest is fetched again after this was taken.
    if (piece.stoppedBy !== 'limit' || made >= most || work >= WORK_BYTES) return pieces
  }
}

async function oneRecord(
  bytes: Uint8Array,
  at: bigint,
  { decodedAt, patience = 'open', ...options }: OneOptions,
  parts: WorkerParts,
): Promise<Extract<DecodeResult, { kind: 'one' }>> {
  const decoded = decodeOne(bytes, at, options)
  if (decoded.kind !== 'record') return { kind: 'one', decoded, key: null, value: null }
  const headers = headersOf(decoded.headers)
  const whole = async (part: 'key' | 'value'): Promise<Decoded | null> => {
    const stored = decoded[part]
    if (stored === null) return null
    const at = { ...decodedAt, part, key: decoded.key, headers }
    return wholeOf(stored, at, () => parts.chainsOf(at)[part], patience, parts)
  }
  return { kind: 'one', decoded, key: await whole('key'), value: await whole('value') }
}

/** `chainOf` is called each time: the rules may change while a schema is awaited. */
async function wholeOf(
  bytes: Uint8Array,
  at: DecodeContext,
  chainOf: () => DecodeChain,
  patience: Patience,
  parts: WorkerParts,
): Promise<Decoded> {
  for (let waits = 0; ; waits += 1) {
    const found = chainOf().decode(bytes, at)
    if (found.missing !== null && waits < WAITS && (await waited([found.missing], patience, parts))) continue
    const written = found.written === bytes ? null : new Uint8Array(found.written)
    return { ...found.as, written, isCut: false, value: found.value?.() ?? null }
  }
}

/** Encoded again once missing schemas are loaded; without a schema the result would not be what was asked for. */
async function encode(
  { from, settings }: Extract<DecodeTask, { kind: 'encode' }>,
  parts: WorkerParts,
): Promise<Extract<DecodeResult, { kind: 'encode' }>> {
  for (let waits = 0; ; waits += 1) {
    const { composed, missing } = compose(from, settings, parts.schemas)
    if (missing.size === 0 || waits === WAITS || !(await waited(missing, 'whole', parts))) {
      return { kind: 'encode', composed }
    }
  }
}
