import { SeeklineError } from '#shared/errors.ts'
import type { ProducedPartition } from '../protocol/produce.ts'
import { halve, sourceOffset, uncompressed, without } from './split-batch.ts'
import type { OutBatch } from './out-batch.ts'

/** What is sent in place of a refused batch, and which of its records are given up. */
export interface Replacement {
  batches: OutBatch[]
  refused: { offset: bigint; error: SeeklineError }[]
}

/**
 * Halves the batch down to the record that is too large, and tries that one without compression before giving it up: brokers
 * check the size of a batch as it arrives, and again as they store it, where the target's own codec cannot undo what ours
 * added.
 */
export function makeSmaller(batch: OutBatch, error: SeeklineError): Replacement {
  const halves = halve(batch)
  if (halves !== null) return { batches: halves, refused: [] }
  const plain = uncompressed(batch)
  return plain === null ? giveUp(batch, error) : { batches: [plain], refused: [] }
}

/** Without the records that the broker named. */
export function dropBad(batch: OutBatch, answer: ProducedPartition | null, error: SeeklineError): Replacement {
  const bad = new Map((answer?.recordErrors ?? []).map(({ index, message }) => [index, message]))
  for (const index of bad.keys()) if (index < 0 || index >= batch.count) bad.delete(index)
  // Brokers before 2.4 do not say which record it was: halving finds it.
  if (bad.size === 0) {
    const halves = halve(batch)
    return halves === null ? giveUp(batch, error) : { batches: halves, refused: [] }
  }
  const refused = [...bad].map(([index, message]) => ({
    offset: sourceOffset(batch, index),
    error:
      message === null
        ? error
        : new SeeklineError(error.code, `${error.message} ${message}`, { details: error.details ?? {} }),
  }))
  const rest = without(batch, new Set(bad.keys()))
  return { batches: rest === null ? [] : [rest], refused }
}

function giveUp(batch: OutBatch, error: SeeklineError): Replacement {
  return { batches: [], refused: [{ offset: sourceOffset(batch, 0), error }] }
}
