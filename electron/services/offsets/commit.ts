import type { PlanRow } from '#shared/contract/offsets.ts'
import { type Position } from '#shared/model/positions.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import { sleep } from '../../kafka/cancellation.ts'
import { backOff } from '../../kafka/back-off.ts'
import type { GroupPort, PerPartition, Written } from '../groups/group-port.ts'

/**
 * One commit. If its answer leaves open whether it was carried out, it is sent again only for partitions whose position is
 * still what the plan saw: that compares and sets like the first one.
 */
export async function write(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  isShare: boolean,
): Promise<Map<string, Written>> {
  const out = await send(port, group, rows, isShare)
  for (let attempt = 1; attempt < WRITE_ATTEMPTS; attempt++) {
    const open = rows.filter((row) => mayTryAgain(out.get(keyOf(row))))
    if (open.length === 0) break
    await sleep(backOff(attempt, 100))
    const now = await readBack(port, group, open, new AbortController().signal)
    const left = open.filter((row) => {
      const back = now?.get(keyOf(row))
      return back !== undefined && 'value' in back && samePosition(back.value, row.before)
    })
    if (left.length === 0) break
    for (const [key, value] of await send(port, group, left, isShare)) out.set(key, value)
  }
  return out
}

export const WRITE_ATTEMPTS = 5

export function mayTryAgain(answer: Written | undefined): boolean {
  return answer?.status === 'unknown' && answer.error.retryable
}

async function send(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  isShare: boolean,
): Promise<Map<string, Written>> {
  const commits = rows.flatMap(({ topic, partition, after }) =>
    after === null ? [] : [{ topic, partition, ...after }],
  )
  const removals = rows.filter((row) => row.after === null)
  const out = new Map<string, Written>()
  if (commits.length > 0) for (const [key, value] of await port.commit(group, commits, isShare)) out.set(key, value)
  if (removals.length > 0) for (const [key, value] of await port.remove(group, removals, isShare)) out.set(key, value)
  return out
}

export async function readBack(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  signal: AbortSignal,
): Promise<PerPartition<Position | null> | null> {
  try {
    return await port.positions(group, rows, signal)
  } catch {
    return null
  }
}
