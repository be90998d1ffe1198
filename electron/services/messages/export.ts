import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { messages } from '#shared/contract/messages.ts'
import { headLine } from '../../kafka/decode/record-lines.ts'
import { ExportFile } from './export-file.ts'
import { scan } from './scan.ts'
import type { MessagesAccess } from './start.ts'

type ExportDef = (typeof messages)['messages.export']

/** As long as a timer can take: 24 days. */
const LONGEST_MS = 2 ** 31 - 1

/** A scan whose matches go to a file: workers write the lines, and nothing of them passes a page. */
export async function exportRecords(
  access: MessagesAccess,
  input: Input<ExportDef>,
  sink: StreamSink<ExportDef>,
  signal: AbortSignal,
): Promise<Done<ExportDef>> {
  const { path, format, connectionId, ledger, filter, time, show } = input
  const file = await ExportFile.create(path)
  try {
    await file.write(headLine(format))
    const done = await scan(
      access,
      {
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
        keep: null,
        most: { matches: 1, bytes: 2n ** 62n, milliseconds: LONGEST_MS },
      },
      {
        batch: () => Promise.resolve(),
        progress: (progress) => sink.progress({ ...progress, written: BigInt(file.bytes) }),
      },
      signal,
      { lines: { format, write: (bytes) => file.write(bytes) } },
    )
    const { reason, found, failures } = done
    if (reason === 'cancelled') {
      await file.discard()
      return { reason, path: null, written: 0n, found, failures, ledger: done.ledger }
    }
    const written = BigInt(file.bytes)
    return { reason: 'end', path: await file.finish(), written, found, failures, ledger: done.ledger }
  } catch (error) {
    await file.discard()
    throw error
  }
}
