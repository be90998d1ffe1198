import { instantText } from '../date-time.ts'
import type { FieldSpec } from './message.ts'

/** The meaning of numbers in Kafka's own records, in Kafka's words. */

const memberStates = new Map([[0, 'STABLE'], [1, 'UNREVOKED_PARTITIONS'], [2, 'UNRELEASED_PARTITIONS'], [127, 'UNKNOWN']]) // oxfmt-ignore
const streamsMemberStates = new Map([
  [1, 'STABLE'],
  [2, 'UNREVOKED_TASKS'],
  [3, 'UNRELEASED_TASKS'],
  [127, 'UNKNOWN'],
])
const transactionStates = new Map([[0, 'Empty'], [1, 'Ongoing'], [2, 'PrepareCommit'], [3, 'PrepareAbort'],
  [4, 'CompleteCommit'], [5, 'CompleteAbort'], [6, 'Dead'], [7, 'PrepareEpochFence']]) // oxfmt-ignore
const deliveryStates = new Map([[0, 'AVAILABLE'], [1, 'ACQUIRED'], [2, 'ACKNOWLEDGED'], [3, 'ARCHIVING'], [4, 'ARCHIVED']]) // oxfmt-ignore

/** The name of a state; `record` is the type of record it is in. Undefined: it is not a state, or an unknown one. */
export function stateName(record: string, field: string, number: number): string | undefined {
  if (field === 'transactionStatus') return transactionStates.get(number)
  if (field === 'deliveryState') return deliveryStates.get(number)
  if (field !== 'state') return undefined
  return (record.startsWith('Streams') ? streamsMemberStates : memberStates).get(number)
}

/** A time as ISO text; null: the field is not a time, or means "never" (−1). */
export function momentOf({ isMoment }: FieldSpec, value: bigint): string | null {
  return isMoment && value >= 0n ? instantText(value, 3, false) : null
}
