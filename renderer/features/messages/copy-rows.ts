import { hexText, utf8Text } from '#shared/bytes.ts'
import { SeeklineError } from '#shared/errors.ts'
import { isText, type Decoding } from '#shared/model/decoded.ts'
import { newLedger } from '#shared/model/ledger.ts'
import { rowAt, rowFlags, type RowColumns, type RowView } from '#shared/model/rows.ts'
import { fileNameOf, saveFile } from '../../workbench/save-file.ts'
import type { Files } from '../../api/files.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import {
  COPY_LIMIT,
  SAVE_LIMIT,
  tooLargeToHold,
  wholePart,
  type RecordAt,
} from '../../shared-views/record/whole-record.ts'
import { copyLater } from '../../ui/copy-button.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { betweenFrames } from '../../ui/sort-in-slices.ts'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { eachRow, type RowRanges } from '../../ui/data-grid/row-ranges.ts'
import type { Line, Lines } from './grid-lines.ts'

export interface CopyRowsContext {
  /** The list in its current state, with the rows that are copied. */
  lines: () => Promise<Lines>
  api: Pick<StoreApiPort, 'call' | 'openStream'>
  files: Files
  at: Pick<RecordAt, 'connectionId' | 'topic'>
  /** The topic id of the list. */
  topicId: string | null
}

interface Whole {
  key: Uint8Array | null
  value: Uint8Array | null
}

/** A few rows that are far apart are fetched one by one; many are fetched by one read of the range between them. */
const FEW = 8
/** The most that one such read returns. */
const MOST_ROWS = 100_000

/** Copies rows with their full keys and values, or says how large they are and offers a file. */
export async function copyRows(ranges: RowRanges, context: CopyRowsContext): Promise<void> {
  // The rows are collected first, so that records that arrive meanwhile do not change the selection.
  const gathered = await gather(await context.lines(), ranges)
  const { size } = gathered
  const action = { label: 'Save to a file…', onAction: () => void saveRows(gathered, context) }
  try {
    if (size > COPY_LIMIT) throw tooLargeToHold(gathered.records === 1 ? 'This record is' : `These ${recordsOf(gathered)} are`, size) // oxfmt-ignore
    await copyLater(textOf(gathered.lines, context))
    toast(`Copied ${recordsOf(gathered)}: ${formatBytes(size)} of keys and values.`)
  } catch (error) {
    if (size > COPY_LIMIT && error instanceof SeeklineError) toast({ text: error.message, tone: 'warn', action })
    else toastFailure(error)
  }
}

async function saveRows({ lines, size }: Gathered, context: CopyRowsContext): Promise<void> {
  try {
    if (size > SAVE_LIMIT) {
      throw new SeeklineError('call.invalid', `${formatBytes(size)} are more than one file from here holds (${formatBytes(SAVE_LIMIT)}): choose fewer rows.`) // oxfmt-ignore
    }
    const content = await textOf(lines, context)
    const name = fileNameOf(context.at.topic, 'records.tsv')
    saveFile(context.files, { name, content, type: 'text/tab-separated-values' }, (saved) => `Saved ${formatGrouped(lines.length)} rows as ${saved}.`) // oxfmt-ignore
  } catch (error) {
    toastFailure(error)
  }
}

interface Gathered {
  lines: readonly Line[]
  records: number
  /** The size of the full keys and values, in bytes. */
  size: number
}

const recordsOf = ({ records }: Gathered): string => `${formatGrouped(records)} ${records === 1 ? 'record' : 'records'}`

/** In slices: tens of thousands of rows take longer than the response to a key press may. */
async function gather(source: Lines, ranges: RowRanges): Promise<Gathered> {
  const lines: Line[] = []
  const places = eachRow(ranges)
  let records = 0
  let size = 0
  await betweenFrames((isOver) => {
    for (let next = places.next(); next.done !== true; next = places.next()) {
      const line = source.at(next.value)
      if (line !== undefined) lines.push(line)
      if (line?.kind === 'row') {
        records += 1
        size += Math.max(0, line.row.keySize) + Math.max(0, line.row.valueSize)
      }
      if (lines.length % 64 === 0 && isOver()) return false
    }
    return true
  })
  return { lines, records, size }
}

/**
 * In slices, and as a blob of blobs: tens of thousands of rows are megabytes, and building one text or blob at once would block
 * the page.
 */
async function textOf(lines: readonly Line[], context: CopyRowsContext): Promise<Blob> {
  const rows = lines.flatMap((line) => (line.kind === 'row' && isCut(line.row) ? [line.row] : []))
  const wholes = await wholeRows(rows, context)
  const parts: Blob[] = []
  let at = 0
  await betweenFrames((isOver) => {
    const texts: string[] = []
    while (at < lines.length) {
      texts.push(lineText(lines[at]!, wholes)) // at < lines.length
      at += 1
      if (isOver()) break
    }
    parts.push(new Blob([`${parts.length === 0 ? '' : '\n'}${texts.join('\n')}`]))
    return at >= lines.length
  })
  return new Blob(parts)
}

async function wholeRows(rows: readonly RowView[], context: CopyRowsContext): Promise<ReadonlyMap<string, Whole>> {
  const found = new Map<string, Whole>()
  if (rows.length > FEW) await readTogether(rows, context, found)
  const { api, at } = context
  for (const row of rows) {
    const place = { ...at, partition: row.partition, offset: row.offset }
    const have = found.get(nameOf(row)) ?? { key: row.key, value: row.value }
    const part = async (which: 'key' | 'value', size: number): Promise<Uint8Array | null> => {
      const known = have[which]
      return known === null || known.length === size ? known : wholePart(api, place, which, known, size)
    }
    found.set(nameOf(row), { key: await part('key', row.keySize), value: await part('value', row.valueSize) })
  }
  return found
}

async function readTogether(
  rows: readonly RowView[],
  context: CopyRowsContext,
  found: Map<string, Whole>,
): Promise<void> {
  const { api, at, topicId } = context
  const wanted = new Set(rows.map(nameOf))
  const ranges = [...Map.groupBy(rows, (row) => row.partition)].map(([partition, own]) => {
    const offsets = own.map((row) => row.offset)
    const from = offsets.reduce((a, b) => (a < b ? a : b))
    const to = offsets.reduce((a, b) => (a > b ? a : b)) + 1n
    return { partition, from, to }
  })
  const take = (frame: RowColumns): void => {
    for (let i = 0; i < frame.count; i += 1) {
      const row = rowAt(frame, i)
      if (wanted.has(nameOf(row))) found.set(nameOf(row), { key: row.key, value: row.value })
    }
  }
  const { connectionId, topic } = at
  const ledger = newLedger({ clusterId: null, topic, topicId }, ranges)
  const show = { aborted: true, open: true }
  const most = { matches: MOST_ROWS }
  // The decoded values are copied, so a schema that is still being fetched is waited for.
  const input = { connectionId, show, previews: 'whole', patient: true, most } as const
  // The records between the rows are read as well. If the read reaches its limit first, the remaining rows are fetched one by
  // one.
  await api.openStream('messages.scan', { ...input, ledger }, { onBatch: ({ rows: frame }) => take(frame) })
}

const nameOf = ({ partition, offset }: Pick<RowView, 'partition' | 'offset'>): string => `${partition}/${offset}`

const isCut = ({ flags }: RowView): boolean => (flags & (rowFlags.keyCut | rowFlags.valueCut)) !== 0

/** A copied row: coordinates, timestamp, key and value, separated by tabs, as spreadsheets expect. */
function lineText(line: Line, wholes: ReadonlyMap<string, Whole>): string {
  if (line.kind === 'pause') return line.pause.reason
  if (line.kind === 'hole') return `${line.hole.partition}\t${line.hole.first}–${line.hole.last}`
  const { row } = line
  const { key, value } = wholes.get(nameOf(row)) ?? row
  const { partition, offset, timestamp, keyAs, valueAs } = row
  return [partition, offset, timestamp, field(key, keyAs), field(value, valueAs)].map(String).join('\t')
}

/** Text as it is, in quotes where a spreadsheet would split it; other bytes in hex, all of them. */
function field(bytes: Uint8Array | null, as: Decoding | null): string {
  if (bytes === null || as === null) return 'null'
  const text = isText(as.form) ? utf8Text(bytes) : null
  if (text === null) return hexText(bytes)
  return /[\t\r\n]|^"/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
