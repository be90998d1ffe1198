import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ReceiptRow, ReplayPlanRow } from '#shared/contract/replay.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import type { Settled } from '../sending/idempotent-sender.ts'
import type { Unit } from './transform-records.ts'
import type { OutBatch } from '../sending/out-batch.ts'

interface OpenUnit {
  unit: Unit
  outstanding: number
  refused: bigint
  lost: boolean
}

/**
 * The progress of one row of a plan. `done` moves only over units whose batches are all acknowledged, in order; if a batch was
 * lost it stays there, and the receipt gives that offset as the place to check from.
 */
export class RowLedger {
  readonly row: ReplayPlanRow
  done: bigint
  copied = 0n
  bytes = 0n
  markers = 0n
  aborted = 0n
  missing = 0n
  refused = 0n
  error: ErrorValue | null = null
  #status: 'running' | ReceiptRow['status'] = 'running'
  #units: OpenUnit[] = []
  readonly #targets = new Map<number, ReceiptRow['targets'][number]>()

  constructor(row: ReplayPlanRow) {
    this.row = row
    this.done = row.from
  }

  get failed(): boolean {
    return this.#status === 'failed' || this.#status === 'unknown'
  }

  /** Opens a unit; the function it returns settles its batches. */
  open(unit: Unit): (batch: OutBatch, outcome: Settled, last: boolean) => void {
    const open: OpenUnit = { unit, outstanding: unit.batches.length, refused: 0n, lost: false }
    for (const { first, offsets, reason } of unit.refused) {
      open.refused += offsets
      this.#blame(
        new SeeklineError('records.corrupt', `Offset ${first}: ${reason}.`, {
          hint: 'From there to the end of its batch nothing was passed on. Another replica may hold a good copy.',
          details: { partition: unit.partition, offset: first },
        }),
      )
    }
    this.#units.push(open)
    this.#advance()
    return (batch, outcome, last) => {
      if (outcome.status === 'written') this.#written(batch, outcome)
      else if (outcome.status === 'refused') {
        open.refused++
        const { error } = outcome
        this.#blame(
          new SeeklineError(error.code, `Offset ${outcome.offset}: ${error.message}`, {
            hint: error.hint ?? '',
            details: error.details ?? {},
          }),
        )
      } else {
        open.lost = true
        this.fail(outcome.status === 'unknown' ? 'unknown' : 'failed', outcome.error)
      }
      if (last) open.outstanding--
      this.#advance()
    }
  }

  /** Why the row stops. `unknown` outweighs `failed`, and both outweigh a cancel. */
  fail(status: 'failed' | 'unknown' | 'cancelled', error: SeeklineError): void {
    const cancelled = error.code === 'call.cancelled' && status === 'failed' ? 'cancelled' : status
    const rank = { running: 0, complete: 0, cancelled: 1, failed: 2, unknown: 3 }
    if (rank[cancelled] <= rank[this.#status]) return
    this.#status = cancelled
    if (cancelled !== 'cancelled' || this.error === null) this.error = toErrorValue(error)
  }

  receipt(): ReceiptRow {
    const { partition, from, to, openLeftOut } = this.row
    const complete = this.#status === 'running' && this.done >= to
    const status = complete ? 'complete' : this.#status === 'running' ? 'failed' : this.#status
    const { done, copied, bytes, markers, aborted, missing, refused, error } = this
    const counts = { copied, bytes, markers, aborted, missing, openLeftOut, refused }
    const targets = [...this.#targets.values()].sort((a, b) => a.partition - b.partition)
    return { partition, from, to, done, ...counts, status, error, targets }
  }

  #written(batch: OutBatch, { count, bytes, baseOffset }: Extract<Settled, { status: 'written' }>): void {
    if (count === 0) return
    this.copied += BigInt(count)
    this.bytes += BigInt(bytes)
    const target = this.#targets.get(batch.target)
    const records = BigInt(count)
    if (target === undefined) {
      if (baseOffset === null) return
      this.#targets.set(batch.target, {
        partition: batch.target,
        first: baseOffset,
        last: baseOffset + records - 1n,
        records,
      })
    } else {
      target.records += records
      if (baseOffset !== null) target.last = baseOffset + records - 1n
    }
  }

  #advance(): void {
    for (
      let first = this.#units[0];
      first !== undefined && first.outstanding === 0 && !first.lost;
      first = this.#units[0]
    ) {
      const { unit, refused } = first
      this.#units.shift()
      this.markers += unit.markers
      this.aborted += unit.aborted
      this.missing += unit.missing
      this.refused += refused
      const { from, to } = this.row
      const upTo = unit.upTo < from ? from : unit.upTo > to ? to : unit.upTo
      if (upTo > this.done) this.done = upTo
    }
  }

  #blame(error: SeeklineError): void {
    this.error ??= toErrorValue(error)
  }
}

/** A row that the plan itself refused. */
export function refusedRow(row: ReplayPlanRow): ReceiptRow {
  const none = { copied: 0n, bytes: 0n, markers: 0n, aborted: 0n, missing: 0n, refused: 0n }
  const error = row.error ?? toErrorValue(kafkaError(3, `Partition ${row.partition}`))
  const { partition, from, to, openLeftOut } = row
  return { partition, from, to, done: from, ...none, openLeftOut, status: 'failed', error, targets: [] }
}
