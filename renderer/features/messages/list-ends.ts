import type { BrowseDone, ReadCounts } from '#shared/contract/messages.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import type { RowColumns } from '#shared/model/rows.ts'

// Where a list ends, and where reading continues.

export function ended(done: BrowseDone): { done: BrowseDone; counts: ReadCounts; ratePerSecond: number } {
  return { done, counts: done.counts, ratePerSecond: 0 }
}

/** Whether there are records beyond what was read. */
export function edges(done: BrowseDone): { hasOlder: boolean; hasNewer: boolean } {
  const bounds = new Map(done.bounds.map((one) => [one.partition, one]))
  return {
    hasOlder: done.backward.some(({ partition, offset }) => offset > (bounds.get(partition)?.logStart ?? 0n)),
    hasNewer: done.forward.some(({ partition, offset }) => offset < (bounds.get(partition)?.highWatermark ?? 0n)),
  }
}

/** Per partition, the offset after the last one that these frames cover. */
export function endsOf(frames: readonly RowColumns[]): ReadonlyMap<number, bigint> {
  const ends = new Map<number, bigint>()
  for (const frame of frames) {
    eachOffset(frame, (partition, _, last) => {
      if (last >= (ends.get(partition) ?? 0n)) ends.set(partition, last + 1n)
    })
  }
  return ends
}

export function moved(
  places: readonly PartitionOffset[] | undefined,
  to: ReadonlyMap<number, bigint>,
): PartitionOffset[] {
  const all = new Map([...(places ?? []).map(({ partition, offset }) => [partition, offset] as const), ...to])
  return [...all].map(([partition, offset]) => ({ partition, offset }))
}

export function sameTopic(before: BrowseDone | undefined, now: BrowseDone): boolean {
  const known = before?.topicId ?? null
  return known === null || now.topicId === null || known === now.topicId
}

export function recreated(topic: string): SeeklineError {
  return new SeeklineError(
    'kafka.topic-recreated',
    `${topic} was deleted and created again since these messages were read.`,
    { hint: 'What is shown is of the former topic; its offsets mean nothing in the new one. Read again to see that.' },
  )
}

/** Calls back with every record and every gap of a frame as a range of offsets. */
function eachOffset(frame: RowColumns, call: (partition: number, first: bigint, last: bigint) => void): void {
  for (let i = 0; i < frame.count; i += 1) call(frame.partition[i]!, frame.offset[i]!, frame.offset[i]!) // i < count, and the columns are that long
  for (const { hole } of frame.holes) call(hole.partition, hole.first, hole.last)
}
