import type { Done, Input, ProgressOf, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import type { LineFormat } from '#shared/model/line-format.ts'
import { giveBack } from '#shared/bytes.ts'
import { headLine } from '../../kafka/decode/export-lines.ts'
import type { OffsetsFilter } from '../../kafka/workers/offsets-filter.ts'
import { ExportFile } from './export-file.ts'
import { ParquetThread } from './parquet-thread.ts'
import { scan } from './scan.ts'
import type { MessagesAccess } from './start-offsets.ts'

type ExportDef = (typeof messages)['messages.export']
type ScanDef = (typeof messages)['messages.scan']

/** What to export of one topic. */
export interface ExportPart extends Pick<Input<ExportDef>, 'connectionId' | 'ledger' | 'filter' | 'time' | 'show'> {
  /** These records instead of those that the filter matches. */
  only?: OffsetsFilter
}

interface Exported {
  /** null: it was cancelled. */
  path: string | null
  written: bigint
  /** For each part that was started. */
  scanned: Done<ScanDef>[]
}

/** The longest time of a timer: 24 days. */
const LONGEST_MS = 2 ** 31 - 1

/** A scan whose matches go to a file: workers write the lines, and none of them passes through a page. */
export async function exportRecords(
  access: MessagesAccess,
  input: Input<ExportDef>,
  sink: StreamSink<ExportDef>,
  signal: AbortSignal,
): Promise<Done<ExportDef>> {
  const { path, written, scanned } = await exportParts(access, [input], input, sink, signal)
  const [{ found, failures, ledger }] = scanned as [Done<ScanDef>]
  return { reason: path === null ? 'cancelled' : 'end', path, written, found, failures, ledger }
}

/** Writes the parts one after the other into one file, which at the end exists completely or not at all. */
export async function exportParts(
  access: MessagesAccess,
  parts: readonly ExportPart[],
  { format, path }: { format: LineFormat; path: string },
  sink: Pick<StreamSink<ExportDef>, 'progress'>,
  signal: AbortSignal,
): Promise<Exported> {
  const file = await ExportFile.create(path)
  const table = format.as === 'parquet' ? new ParquetThread() : null
  const put = async (bytes: Uint8Array | null): Promise<void> => {
    if (bytes === null) return
    await file.write(bytes)
    giveBack(bytes)
  }
  const scanned: Done<ScanDef>[] = []
  try {
    await file.write(headLine(format))
    const write = async (bytes: Uint8Array): Promise<void> => put(table === null ? bytes : await table.add(bytes))
    for (const part of parts) {
      const progress = (one: ProgressOf<ScanDef>): void => sink.progress({ ...one, written: BigInt(file.bytes) })
      const scanSink = { batch: () => Promise.resolve(), progress }
      const done = await scan(access, inputOf(part), scanSink, signal, { format, write, only: part.only })
      scanned.push(done)
      if (done.reason !== 'cancelled') continue
      await file.discard()
      return { path: null, written: 0n, scanned }
    }
    if (table !== null) await put(await table.finish())
    return { written: BigInt(file.bytes), path: await file.finish(), scanned }
  } catch (error) {
    await file.discard()
    throw error
  } finally {
    await table?.close()
  }
}

function inputOf({ connectionId, ledger, filter, time, show }: ExportPart): Input<ScanDef> {
  return {
    connectionId,
    ledger,
    filter,
    time,
    show,
    direction: 'forward',
    want: 'count',
    list: 'matches',
    previews: 'none',
    patient: true,
    spreads: [],
    newestPerKey: false,
    fields: [],
    most: { matches: 1, bytes: 2n ** 62n, milliseconds: LONGEST_MS },
  }
}
