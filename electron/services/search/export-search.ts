import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { searches } from '#shared/contract/searches.ts'
import { addedTallies, newLedger, noTally, type LedgerPart, type ScanLedger } from '#shared/model/ledger.ts'
import { exportParts, type ExportPart } from '../messages/export.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import type { OpenSearch } from './open-search.ts'

type ExportDef = (typeof searches)['search.export']

/** Stretches of a partition that are read separately: nothing between them is fetched. */
const MOST_STRETCHES = 500
/** Hits closer together than this are usually in one answer. */
const NEAR = 2_000n

/** Writes what a search has found, or all of its range, to a file. */
export async function exportSearch(
  access: MessagesAccess,
  open: OpenSearch,
  { connectionId, what, format, path }: Input<ExportDef>,
  sink: StreamSink<ExportDef>,
  signal: AbortSignal,
): Promise<Done<ExportDef>> {
  const { time, show } = open.of
  const of = { connectionId, time, show }
  const parts = what === 'range' ? open.ledgers.map((ledger) => ({ ...of, ledger: wholeOf(ledger), filter: null })) : await foundParts(open, of) // oxfmt-ignore
  const done = await exportParts(access, parts, { format, path }, sink, signal)
  return {
    reason: done.path === null ? 'cancelled' : 'end',
    path: done.path,
    written: done.written,
    found: done.scanned.map(({ found }) => found).reduce(addedTallies, noTally()),
    failures: done.scanned.flatMap(
      ({ failures }, i) => failures.map((one) => ({ topic: parts[i]!.ledger.topic, ...one })), // there is a result per part
    ),
  }
}

function wholeOf({ clusterId, topic, topicId, parts }: ScanLedger): ScanLedger {
  return newLedger({ clusterId, topic, topicId }, parts.map(({ partition, from, to }) => ({ partition, from, to }))) // oxfmt-ignore
}

/** By their offsets, if all of them are kept; otherwise what was read is searched again. */
async function foundParts(
  open: OpenSearch,
  of: Pick<ExportPart, 'connectionId' | 'time' | 'show'>,
): Promise<ExportPart[]> {
  if (open.stopped !== null)
    return open.ledgers.map((ledger) => ({ ...of, ledger: readAgain(ledger), filter: open.of.filter }))
  const places = await open.hits.places()
  return open.ledgers.flatMap((ledger, topic): ExportPart[] => {
    const offsets = places.get(topic)
    if (offsets === undefined) return []
    const parts = [...offsets].map(([partition, some]) => onlyAround(partition, some))
    return [{ ...of, filter: null, time: null, ledger: { ...ledger, parts }, only: { kind: 'offsets', offsets } }]
  })
}

/** The ledger with covered and left ranges swapped. */
function readAgain(ledger: ScanLedger): ScanLedger {
  const parts = ledger.parts.map((part): LedgerPart => {
    const covered: LedgerPart['covered'] = []
    let at = part.from
    for (const { from, to, why } of part.covered) {
      if (why === 'gone') continue
      if (from > at) covered.push({ from: at, to: from, why: 'mixed' })
      at = to
    }
    if (at < part.to) covered.push({ from: at, to: part.to, why: 'mixed' })
    return { ...part, covered, ...noTally() }
  })
  return { ...ledger, parts }
}

/** A part in which everything except near these offsets counts as covered. */
function onlyAround(partition: number, offsets: BigInt64Array): LedgerPart {
  const gaps: { from: bigint; to: bigint }[] = []
  for (let i = 1; i < offsets.length; i += 1) {
    const [from, to] = [offsets[i - 1]! + 1n, offsets[i]!] // 1 <= i < offsets.length
    if (to - from > NEAR) gaps.push({ from, to })
  }
  const widest = gaps.toSorted((a, b) => (b.to - b.from > a.to - a.from ? 1 : -1)).slice(0, MOST_STRETCHES)
  const inOrder = widest.toSorted((a, b) => (a.from < b.from ? -1 : 1))
  const covered = inOrder.map((gap) => ({ ...gap, why: 'mixed' as const }))
  return { partition, from: offsets[0]!, to: offsets.at(-1)! + 1n, covered, ...noTally() } // a stretch has at least one offset
}
