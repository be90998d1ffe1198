import type { PreviewRecord } from '#shared/contract/produce.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { Composed, ComposeFrom, ComposeProblem } from '../../kafka/produce/compose-task.ts'
import type { Chunk } from './source-chunks.ts'

/** The totals of a source, without sending any of it. */
export interface Survey {
  records: number
  bytes: number
  tombstones: number
  withoutKey: number
  largest: Composed['largest']
  oldest: bigint | null
  newest: bigint | null
  places: Map<number, number>
  /** For the first bad records, one problem each. */
  problems: ComposeProblem[]
  bad: number
  preview: PreviewRecord[]
  used: Composed['used']
}

/** Chunks in workers at the same time. */
const AT_ONCE = 3
const MOST_PROBLEMS = 100

/** The survey of an empty source. */
export const emptySurvey = (): Survey => ({
  records: 0,
  bytes: 0,
  tombstones: 0,
  withoutKey: 0,
  largest: null,
  oldest: null,
  newest: null,
  places: new Map(),
  problems: [],
  bad: 0,
  preview: [],
  used: [],
})

export async function survey(
  chunks: AsyncIterable<Chunk>,
  compose: (from: ComposeFrom, show: number) => Promise<Composed>,
  show: number,
): Promise<Survey> {
  const all = emptySurvey()
  const ahead: Promise<Composed>[] = []
  try {
    for await (const chunk of chunks) {
      if (chunk.kind === 'bad') {
        while (ahead.length > 0) add(all, await ahead.shift()!, show) // its length was checked
        all.bad += 1
        if (all.problems.length < MOST_PROBLEMS) all.problems.push(chunk.problem)
        continue
      }
      const composed = compose(chunk, Math.max(0, show - all.preview.length))
      composed.catch(() => undefined)
      ahead.push(composed)
      while (ahead.length >= AT_ONCE) add(all, await ahead.shift()!, show) // its length was checked
    }
    while (ahead.length > 0) add(all, await ahead.shift()!, show) // its length was checked
  } catch (error) {
    if (!isCancelled(error)) await Promise.allSettled(ahead)
    throw error
  }
  return all
}

function add(all: Survey, made: Composed, show: number): void {
  all.records += made.records
  all.bytes += made.bytes
  all.tombstones += made.tombstones
  all.withoutKey += made.withoutKey
  if (made.largest !== null && made.largest.bytes > (all.largest?.bytes ?? 0)) all.largest = made.largest
  if (made.oldest !== null && (all.oldest === null || made.oldest < all.oldest)) all.oldest = made.oldest
  if (made.newest !== null && (all.newest === null || made.newest > all.newest)) all.newest = made.newest
  for (const [partition, records] of made.places) all.places.set(partition, (all.places.get(partition) ?? 0) + records)
  const seen = new Set<number>()
  for (const problem of made.problems) {
    if (all.problems.length >= MOST_PROBLEMS || seen.has(problem.line)) continue
    seen.add(problem.line)
    all.problems.push(problem)
  }
  all.bad += made.bad
  all.preview.push(...made.preview.slice(0, show - all.preview.length))
  for (const one of made.used) {
    const isKnown = all.used.some(({ part, schema }) => part === one.part && schema.type === one.schema.type && JSON.stringify([schema.subject, schema.version]) === JSON.stringify([one.schema.subject, one.schema.version])) // oxfmt-ignore
    if (!isKnown && all.used.length < MOST_PROBLEMS) all.used.push(one)
  }
}
