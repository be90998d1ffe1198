import { notJudgedReasons, type Covered, type NotJudged } from '#shared/model/ledger.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'

/** The counts of a whole piece. */
export function notJudgedOf({ holes, notJudged }: RecordColumns): NotJudged {
  const made: NotJudged = {}
  const count = (reason: (typeof notJudgedReasons)[number], more: number): void => {
    if (more > 0) made[reason] = (made[reason] ?? 0n) + BigInt(more)
  }
  for (const { corrupt, oldFormat } of holes) count('damaged', corrupt + oldFormat)
  for (const reason of notJudged?.reason ?? []) count(notJudgedReasons[reason]!, 1) // a reason is sent as its index in this list
  return made
}

/**
 * What a piece covers, reported bit by bit as its rows are sent, from its start or its end: each offset once, with what was
 * found there. It needs no note about every record: an offset that is neither in a hole nor in a skipped batch holds a record
 * that was read.
 */
export class PieceCoverage {
  readonly #partition: number
  readonly #columns: RecordColumns
  readonly #isBackward: boolean
  /** Reported up to here; backward: down to here. */
  #at: bigint
  #hole: number
  #passed: number
  #notJudged: number

  constructor(partition: number, columns: RecordColumns, isBackward: boolean) {
    this.#partition = partition
    this.#columns = columns
    this.#isBackward = isBackward
    const first = (length: number): number => (isBackward ? length - 1 : 0)
    this.#at = isBackward ? columns.nextOffset : columns.fromOffset
    this.#hole = first(columns.holes.length)
    this.#passed = first(columns.passed.length)
    this.#notJudged = first(columns.notJudged?.offset.length ?? 0)
  }

  /** From the current place to `bound`, which is next to a record or an end of the piece. */
  upTo(bound: bigint, matched: bigint): Covered[] {
    const [from, to] = this.#isBackward ? [bound, this.#at] : [this.#at, bound]
    if (to <= from) return []
    this.#at = bound
    const step = this.#isBackward ? -1 : 1
    const isIn = (first: bigint | undefined): boolean => first !== undefined && first >= from && first < to
    let unread = 0n
    const passed: { first: bigint; last: bigint }[] = []
    for (; isIn(this.#columns.passed[this.#passed]?.first); this.#passed += step) {
      const one = this.#columns.passed[this.#passed]! // passed < passed.length
      passed.push(one)
      unread += one.last - one.first + 1n
    }
    const notJudged: NotJudged = {}
    const count = (reason: (typeof notJudgedReasons)[number], more: bigint): void => {
      if (more > 0n) notJudged[reason] = (notJudged[reason] ?? 0n) + more
    }
    for (; isIn(this.#columns.holes[this.#hole]?.first); this.#hole += step) {
      const hole = this.#columns.holes[this.#hole]! // hole < holes.length
      unread += hole.last - hole.first + 1n
      count('damaged', BigInt(hole.corrupt + hole.oldFormat))
    }
    const cannot = this.#columns.notJudged
    for (; isIn(cannot?.offset[this.#notJudged]); this.#notJudged += step) {
      count(notJudgedReasons[cannot!.reason[this.#notJudged]!]!, 1n) // a reason is sent as its index in this list
    }
    const tally = { records: to - from - unread, matched, notJudged }
    return this.#split(from, to, this.#isBackward ? passed.toReversed() : passed, tally)
  }

  /** Separates what was skipped from what was read, to which all results belong. */
  #split(
    from: bigint,
    to: bigint,
    passed: readonly { first: bigint; last: bigint }[],
    tally: Pick<Covered, 'records' | 'matched' | 'notJudged'>,
  ): Covered[] {
    const partition = this.#partition
    const nothing = { records: 0n, matched: 0n, notJudged: {} }
    const made: Covered[] = []
    let at = from
    for (const { first, last } of passed) {
      if (first > at) made.push({ partition, from: at, to: first, why: 'read', ...nothing })
      made.push({ partition, from: first, to: last + 1n, why: 'time', ...nothing })
      at = last + 1n
    }
    if (at < to) made.push({ partition, from: at, to, why: 'read', ...nothing })
    const read = made.find(({ why }) => why === 'read') ?? made[0]! // from < to, so at least one range was made
    Object.assign(read, tally)
    return this.#isBackward ? made.toReversed() : made
  }
}
