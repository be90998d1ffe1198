/** Why the last answer was not good, since when, and how many attempts were made since. */
export interface Trouble {
  /** Kafka's error code; `doubt`: it was empty, and it is not known yet whether that is right; null: no answer. */
  code: number | 'doubt' | null
  since: number
  attempts: number
}

/** One partition of a read: its progress, how it is requested, and whether it can be requested now. */
export interface PartitionRead {
  readonly partition: number
  /** Exclusive; null: follow the log for ever. */
  readonly to: bigint | null
  /** First offset of the next fetch. */
  next: bigint
  /** Leader epoch of the batch right before `next`; −1: not known, as after a jump. */
  lastEpoch: number
  /**
   * 1: up to the last stable offset, with the list of aborted transactions; 0: beyond it, where transactions are open. Never 0
   * for a read of committed records only.
   */
  isolation: 0 | 1
  leader: number
  leaderEpoch: number
  maxBytes: number
  paused: boolean
  done: boolean
  /** In a request that is in flight. */
  busy: boolean
  /** null again after the first good answer. */
  trouble: Trouble | null
  /** In trouble, and its metadata (or range) has to be looked up before the next request. */
  blocked: boolean
  /** Fetches in a row that returned nothing although the log has offsets there. */
  empties: number
  /** Answers in a row that began with a batch past the known end of the log. */
  leaps: number
  /** Counts rewinds: data fetched before the last one is dropped. */
  generation: number
  logStart: bigint
  lastStable: bigint
  highWatermark: bigint
  /** The high watermark as the leader reported it on request: an answer with records may have an older one. */
  toldEnd: bigint
}

export function newPartitionRead(
  range: { partition: number; from: bigint; to: bigint | null },
  maxBytes: number,
): PartitionRead {
  return {
    partition: range.partition,
    to: range.to,
    next: range.from,
    lastEpoch: -1,
    isolation: 1,
    leader: -1,
    leaderEpoch: -1,
    maxBytes,
    paused: false,
    done: false,
    busy: false,
    trouble: null,
    blocked: false,
    empties: 0,
    leaps: 0,
    generation: 0,
    logStart: -1n,
    lastStable: -1n,
    highWatermark: -1n,
    toldEnd: -1n,
  }
}

export const canBeAsked = (p: PartitionRead, node: number): boolean =>
  p.leader === node && !p.paused && !p.done && !p.busy && !p.blocked

/** Up to where answers at this isolation level should hold records, as far as is known. */
export function readableEnd(p: PartitionRead, isolation: 0 | 1): bigint {
  const end = p.to === null || p.to > p.highWatermark ? p.highWatermark : p.to
  return isolation === 1 && p.lastStable < end ? p.lastStable : end
}
