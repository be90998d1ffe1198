import type { LogGrowth } from '../contract/replay.ts'
import { grouped } from '../offsets/plan-sentence.ts'
import { count } from '../units.ts'

/** Sentences about logs that gained something other than what was acknowledged; most receipts need none. */
export function growthSentences(
  growth: readonly LogGrowth[],
  topic: string,
  someUnknown: boolean,
  whose = ' of this replay',
): string[] {
  const more = growth.filter((log) => (log.unacknowledged ?? 0n) > 0n)
  const sentences = more.slice(0, 3).map(({ partition, unacknowledged, first }) => {
    const n = unacknowledged ?? 0n
    const what = someUnknown ? 'without an acknowledgement' : 'twice'
    return `The log of ${topic}[${partition}] holds ${grouped(n)} ${n === 1n ? 'record' : 'records'}${whose} ${what}, the first at offset ${first}.`
  })
  if (more.length > 3) sentences.push(`So do ${more.length - 3} more partitions.`)
  const untold = growth.filter((log) => log.note !== null)
  sentences.push(...untold.slice(0, 3).map((log) => `${topic}[${log.partition}]: ${log.note}`))
  if (untold.length > 3) sentences.push(`${count(untold.length - 3, 'more partition')} could not be compared either.`)
  return sentences
}
