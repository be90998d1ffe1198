import { shownText, type Decoding } from '#shared/model/decoded.ts'
import { rowFlags, type RowView } from '#shared/model/rows.ts'
import { holeReasons, type Hole } from '#shared/model/hole.ts'
import { formatBytes, formatDuration, formatGrouped, formatTime } from '../../ui/format.ts'
import type { Pause, ShownText } from './grid-lines.ts'

/** A preview as text, or its first bytes in hex if it is not text. null stays null. */
export function previewText(
  bytes: Uint8Array | null,
  as: Decoding | null,
  isCut: boolean,
  shown: ShownText = 'text',
): string | null {
  if (bytes === null || as === null) return null
  return shownText(shown === 'hex' && bytes.length > 0 ? 'bytes' : as.form, bytes, isCut, 48)
}

export const keyText = ({ key, keyAs, flags }: RowView, shown?: ShownText) =>
  previewText(key, keyAs, (flags & rowFlags.keyCut) !== 0, shown)
export const valueText = ({ value, valueAs, flags }: RowView, shown?: ShownText) =>
  previewText(value, valueAs, (flags & rowFlags.valueCut) !== 0, shown)

export function sizeText(row: RowView): string {
  return row.valueSize < 0 ? 'null' : formatBytes(row.valueSize)
}

/** "48 211 912 – 48 211 915 · 4 offsets: 3 aborted records, 1 transaction marker". */
export function holeText(hole: Hole): string {
  const count = hole.last - hole.first + 1n
  const range = count === 1n ? formatGrouped(hole.first) : `${formatGrouped(hole.first)} – ${formatGrouped(hole.last)}`
  const offsets = count === 1n ? '1 offset' : `${formatGrouped(count)} offsets`
  return `${hole.partition} · ${range} · ${offsets}: ${holeReasons(hole)}`
}

/** "Nothing was read for 42 s, 12:01:02 – 12:01:44: … Reading went on at the next offset." */
export function pauseText({ from, to, reason }: Pause, zone: string): string {
  const times = `${formatTime(from, zone)} – ${formatTime(to, zone)}`
  return `Nothing was read for ${formatDuration(to - from)}, ${times}: ${reason} Reading went on at the next offset.`
}

/** Labels for what is unusual about a row. */
export function markText(flags: number): string {
  const marks: string[] = []
  if ((flags & rowFlags.aborted) !== 0) marks.push('aborted')
  if ((flags & rowFlags.open) !== 0) marks.push('open transaction')
  if ((flags & rowFlags.badCrc) !== 0) marks.push('CRC mismatch')
  return marks.join(', ')
}
