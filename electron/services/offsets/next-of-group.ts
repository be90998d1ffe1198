import type { Input, Output } from '#shared/contract/define.ts'
import type { NextForGroup, offsets } from '#shared/contract/offsets.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Hole } from '#shared/model/hole.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { rowFlags } from '#shared/model/rows.ts'
import { byTopic } from '../../kafka/routing.ts'
import { asSeeklineError, isCancelled } from '../../kafka/cancellation.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import { nextRecords, type NextRecord } from '../messages/next-records.ts'
import type { RowRef } from '../messages/row-frames.ts'
import { unknownPartition, type MessagesAccess } from '../messages/start-offsets.ts'

type PeekDef = (typeof offsets)['offsets.peek']
type Asked = Input<PeekDef>['positions'][number]

const TOPICS_AT_ONCE = 4
const KEY_BYTES = 128

/** The record a group would read next at each of these positions, or why there is none. One answer each, in order. */
export async function peek(
  access: MessagesAccess,
  { positions }: Input<PeekDef>,
  signal: AbortSignal,
): Promise<Output<PeekDef>> {
  const answers = await peekUntil(access, positions, signal)
  return {
    items: positions.map((at) => {
      const { topic, partition, offset } = at
      return { topic, partition, offset, next: answers.get(at)! } // every position is given an answer
    }),
  }
}

/** As far as it is known when `late` fires: positions that were not read by then have no answer. */
export async function peekUntil(
  access: MessagesAccess,
  positions: readonly Asked[],
  signal: AbortSignal,
  late?: AbortSignal,
): Promise<Map<Asked, NextForGroup>> {
  const answers = new Map<Asked, NextForGroup>()
  const over = late === undefined ? signal : AbortSignal.any([signal, late])
  await mapLimited(byTopic(positions), TOPICS_AT_ONCE, async ({ topic, items: asked }) => {
    if (late?.aborted === true) return
    try {
      await peekTopic(access, topic, asked, answers, over)
    } catch (error) {
      if (signal.aborted) throw error
      if (over.aborted) return
      if (isCancelled(error)) throw error
      for (const at of asked) answers.set(at, failed(asSeeklineError(error)))
    }
  })
  return answers
}

async function peekTopic(
  { cluster, reader }: MessagesAccess,
  topic: string,
  asked: readonly Asked[],
  answers: Map<Asked, NextForGroup>,
  signal: AbortSignal,
): Promise<void> {
  const found = await reader.source.topic(topic, true, signal)
  const there = asked.filter((at) => found.partitions.has(at.partition))
  const bounds = await reader.source.bounds(topic, [...new Set(there.map((at) => at.partition))], signal)
  // A read may name a partition only once: its other positions (old and new) go into further reads.
  const rounds: Map<number, { at: Asked[]; from: bigint; to: bigint }>[] = []
  for (const at of asked) {
    const edges = bounds.get(at.partition)
    if (at.topicId !== undefined && at.topicId !== null && at.topicId !== found.topicId) {
      answers.set(at, failed(recreated(topic)))
    } else if (edges === undefined) {
      answers.set(at, failed(unknownPartition(topic, at.partition, found.partitions.size)))
    } else if (edges instanceof SeeklineError) {
      answers.set(at, failed(edges))
    } else {
      const none = outside(at.offset, edges)
      if (none !== null) answers.set(at, none)
      else enqueue(rounds, at, edges.highWatermark)
    }
  }
  for (const round of rounds) {
    const ranges = [...round].map(([partition, { from, to }]) => ({ partition, from, to }))
    const next = await nextRecords({ cluster, reader }, topic, found.topicId, ranges, signal, { keyBytes: KEY_BYTES })
    for (const [partition, { at, to }] of round) {
      for (const one of at) answers.set(one, answer(next.get(partition)!, one, to)) // nextRecords answers for every partition it is given
    }
  }
}

function enqueue(rounds: Map<number, { at: Asked[]; from: bigint; to: bigint }>[], at: Asked, to: bigint): void {
  for (let i = 0; ; i++) {
    const round = (rounds[i] ??= new Map())
    const present = round.get(at.partition)
    if (present === undefined) return void round.set(at.partition, { at: [at], from: at.offset, to })
    if (present.from === at.offset) return void present.at.push(at)
  }
}

/** Without reading: for a position where no record can be. */
function outside(offset: bigint, { logStart, highWatermark }: LogBounds): NextForGroup | null {
  const reset = 'a consumer would follow its auto.offset.reset'
  if (offset < logStart) {
    const message = `Offset ${offset} is before the log start ${logStart}: ${reset}.`
    return { kind: 'none', why: 'before-log-start', message, hole: null }
  }
  if (offset > highWatermark) {
    const message = `Offset ${offset} is past the end ${highWatermark}: ${reset}.`
    return { kind: 'none', why: 'past-end', message, hole: null }
  }
  if (offset === highWatermark) {
    return { kind: 'none', why: 'at-end', message: 'At the end: the next record produced.', hole: null }
  }
  return null
}

function answer({ row, hole, next, error }: NextRecord, at: Asked, end: bigint): NextForGroup {
  if (row !== null) return recordForGroup(row, hole)
  if (error !== null) return failed(error)
  if (next >= end) {
    const message = `Nothing visible from ${at.offset} to the end: the next record produced.`
    return { kind: 'none', why: 'nothing-visible', message, hole }
  }
  const message = `No record was found from ${at.offset} to ${next}; it was not looked further.`
  return { kind: 'none', why: 'not-found', message, hole }
}

/**
 * The record as a group sees it: its properties, and the beginning of its key. For a row that was read with its key decoded.
 */
export function recordForGroup(
  { columns, row: i }: RowRef,
  hole: Hole | null,
): Extract<NextForGroup, { kind: 'record' }> {
  const flags = columns.flags[i]! // i < count
  const hasKey = (flags & rowFlags.nullKey) === 0
  return {
    kind: 'record',
    offset: columns.offset[i]!, // i < count
    timestamp: columns.timestamp[i]!, // i < count
    timestampType: (flags & rowFlags.logAppendTime) === 0 ? 'CreateTime' : 'LogAppendTime',
    key: hasKey ? columns.preview.slice(columns.ends[2 * i - 1] ?? 0, columns.ends[2 * i]) : null,
    keyAs: hasKey ? columns.decodings[columns.decodedAs[i]! & 0xffff]! : null, // decodedAs holds two indexes into the frame's decodings
    isKeyCut: (flags & rowFlags.keyCut) !== 0,
    keySize: columns.keySize[i]!, // i < count
    valueSize: columns.valueSize[i]!, // i < count
    open: (flags & rowFlags.open) !== 0,
    hole,
  }
}

function failed(error: SeeklineError): NextForGroup {
  return { kind: 'failed', error: toErrorValue(error) }
}

function recreated(topic: string): SeeklineError {
  return new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again.`, {
    hint: 'Plan again: its offsets start at 0 again.',
    details: { topic },
  })
}
