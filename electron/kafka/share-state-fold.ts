import type { ShareState, ShareStretch } from '#shared/model/share-state.ts'

/** A record of `__share_group_state` about one partition of a group. */
export interface ShareStateRecord {
  /** A snapshot replaces everything before; an update adds to it. */
  isSnapshot: boolean
  /** −1 in an update: unchanged. */
  startOffset: bigint
  stretches: readonly ShareStretch[]
  at: bigint
}

const MOST_TOLD = 200

const order = ['available', 'acquired', 'acknowledged', 'archiving', 'archived', 'unknown'] as const

/**
 * The state after a snapshot and its updates, oldest first, as the share coordinator computes it (Kafka 4.4,
 * `ShareCoordinatorShard.merge` and `PersisterStateBatchCombiner`): of several states of an offset the one with more deliveries
 * applies, and with equally many the later state (available, acknowledged, archived); offsets before the start offset are
 * dropped.
 */
export function foldShareState(records: readonly ShareStateRecord[]): ShareState {
  let startOffset = -1n
  for (const record of records) if (record.startOffset >= 0n) startOffset = record.startOffset
  const stretches = merge(kept(records))
  const first = stretches[0]
  if (first !== undefined && startOffset < 0n) startOffset = first.first
  if (startOffset < 0n) return { kind: 'none' }
  const counts = { available: 0n, acknowledged: 0n, archived: 0n }
  let mostDeliveries = 0
  let written = 0n
  for (const { first: from, last, state, deliveries } of stretches) {
    const size = last - from + 1n
    written += size
    if (state in counts) counts[state as keyof typeof counts] += size
    if (deliveries > mostDeliveries) mostDeliveries = deliveries
  }
  const newest = stretches.at(-1)
  const end = newest === undefined ? startOffset : newest.last + 1n
  return {
    kind: 'known',
    startOffset,
    end,
    ...counts,
    unwritten: end - startOffset - written,
    mostDeliveries,
    stretches: stretches.slice(0, MOST_TOLD),
    more: Math.max(0, stretches.length - MOST_TOLD),
    writtenAt: records.at(-1)?.at ?? 0n,
  }
}

/** Stretches, cut where a start offset, of their own record or a later one, has passed them. */
function kept(records: readonly ShareStateRecord[]): ShareStretch[] {
  const left: ShareStretch[] = []
  let start = -1n
  for (const record of records.toReversed()) {
    if (record.startOffset > start) start = record.startOffset
    for (const one of record.stretches) {
      if (one.last < start || one.last < one.first) continue
      left.push(one.first < start ? { ...one, first: start } : one)
    }
  }
  return left
}

/** One sweep over the offsets: at each the state that applies, with equal neighbours joined. */
function merge(all: ShareStretch[]): ShareStretch[] {
  const byFirst = all.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const open = new Strongest()
  const merged: ShareStretch[] = []
  let at = 0n
  for (let i = 0; i < byFirst.length || open.top !== undefined;) {
    if (open.top === undefined) at = byFirst[i]!.first // no stretch is open, so the loop goes on only because i < length
    for (let one = byFirst[i]; one !== undefined && one.first <= at; one = byFirst[(i += 1)]) open.push(one)
    while (open.top !== undefined && open.top.last < at) open.pop()
    if (open.top === undefined) continue
    const { state, deliveries, last: end } = open.top
    const next = byFirst[i]?.first
    const last = next !== undefined && next <= end ? next - 1n : end
    const before = merged.at(-1)
    if (before !== undefined && before.last === at - 1n && before.state === state && before.deliveries === deliveries) {
      merged[merged.length - 1] = { ...before, last }
    } else merged.push({ first: at, last, state, deliveries })
    at = last + 1n
  }
  return merged
}

function outranks(a: ShareStretch, b: ShareStretch): boolean {
  return a.deliveries !== b.deliveries ? a.deliveries > b.deliveries : order.indexOf(a.state) > order.indexOf(b.state)
}

/** A heap with the strongest state on top: untrusted records may hold tens of thousands of overlapping stretches. */
class Strongest {
  readonly #heap: ShareStretch[] = []

  get top(): ShareStretch | undefined {
    return this.#heap[0]
  }

  push(one: ShareStretch): void {
    const heap = this.#heap
    let at = heap.push(one) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!outranks(one, heap[parent]!)) break // parent < at
      heap[at] = heap[parent]! // parent < at
      at = parent
    }
    heap[at] = one
  }

  pop(): void {
    const heap = this.#heap
    const moved = heap.pop()
    if (moved === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const isRight = left !== undefined && right !== undefined && outranks(right, left)
      const child = isRight ? right : left
      if (child === undefined || !outranks(child, moved)) break
      heap[at] = child
      at = 2 * at + (isRight ? 2 : 1)
    }
    heap[at] = moved
  }
}
