import type { LogGrowth } from '#shared/contract/replay.ts'
import { toErrorValue } from '#shared/errors.ts'
import { mapLimited } from '../map-limited.ts'
import type { SenderAccount } from './sender-account.ts'
import type { ProduceLink } from './idempotent-sender.ts'

const AT_ONCE = 8

/**
 * What each log gained, compared with what its leader acknowledged. Between the acknowledged batches there should only be what
 * others wrote; so only these gaps are read, and without other writers nothing is.
 */
export async function compareGrowth(
  accounts: readonly SenderAccount[],
  link: Pick<ProduceLink, 'look'>,
  mostMs: number,
): Promise<LogGrowth[]> {
  const signal = AbortSignal.timeout(mostMs)
  const begun = accounts.flatMap(({ from, ...account }) => (from === null ? [] : [{ from, ...account }]))
  begun.sort((a, b) => a.partition - b.partition)
  return await mapLimited(begun, AT_ONCE, async ({ partition, from, acknowledged, placeless, producers }) => {
    const placed = acknowledged.reduce((sum, span) => sum + span.to - span.from, 0n)
    const known = { partition, from, acknowledged: placed + placeless }
    try {
      const { own, largestHole, end } = await link.look(partition, from, producers, { known: acknowledged, signal })
      const last = acknowledged.at(-1)?.to ?? from
      const found = own.reduce((sum, batch) => sum + BigInt(batch.size), 0n)
      const note =
        end < last
          ? `The log ends at ${end} although records up to ${last} were acknowledged: it was cut back.`
          : largestHole > 0n
            ? `Of up to ${largestHole} offsets in a row it cannot be told whose they were: deleted or compacted away.`
            : null
      const first = own[0]?.baseOffset ?? null
      // If something of ours may have been missed, the number must not be "none".
      const told = note === null || found > placeless
      return { ...known, to: end, unacknowledged: told ? max(found - placeless, 0n) : null, first, note }
    } catch (error) {
      const why = signal.aborted ? 'there was no time for it' : toErrorValue(error).message
      return { ...known, to: null, unacknowledged: null, first: null, note: `The log was not compared: ${why}` }
    }
  })
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
