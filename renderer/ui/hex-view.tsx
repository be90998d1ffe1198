import { useCallback, useState, type Ref } from 'react'
import { CodeRows } from './code-rows.tsx'
import { cx } from './class-names.ts'
import { nothingFound, type FindHandle, type Found } from './find-bar.tsx'
import { findInBytes } from './find-in-text.ts'
import { asciiOf, BYTES_PER_LINE, hexLineCount, hexOf } from './hex-lines.ts'
import { useColumns } from './use-columns.ts'
import s from './code-view.module.css'

export interface HexViewProps {
  label: string
  bytes: Uint8Array
  /** The offset shown for the first byte; set it when the bytes are part of a larger value. */
  base?: number | undefined
  find?: Ref<FindHandle> | undefined
}

/** The width of the padding around the offset, the bytes and their characters. */
const AROUND = 48

export function HexView({ label, bytes, base = 0, find }: HexViewProps) {
  const [frame, columns] = useColumns(AROUND)
  const width = Math.max(6, (base + bytes.length).toString(16).length)
  // A byte takes three columns, and its character takes one. Sixteen bytes per line, or fewer where sixteen would be cut off.
  const perLine = columns >= width + BYTES_PER_LINE * 4 ? BYTES_PER_LINE : BYTES_PER_LINE / 2
  const [found, setFound] = useState<Found>(nothingFound)
  const look = useCallback((typed: string, signal: AbortSignal) => findInBytes(bytes, typed, signal), [bytes])
  const place = found.places[found.at]
  const line = place === undefined ? -1 : Math.floor(place / perLine)
  return (
    <CodeRows
      label={label}
      frame={frame}
      findLabel={`Find text, or bytes as 0x0d0a, in ${label.toLowerCase()}`}
      look={look}
      found={found}
      onFound={setFound}
      foundLine={line}
      find={find}
      count={hexLineCount(bytes, perLine)}
      renderRow={(index) => (
        <div key={index} className={cx(s.line, index === line && s.foundLine)}>
          <span className={s.hexOffset}>{(base + index * perLine).toString(16).padStart(width, '0')}</span>
          <span>{hexOf(bytes, index, perLine)}</span>
          <span className={s.hexAscii}>{asciiOf(bytes, index, perLine)}</span>
        </div>
      )}
    />
  )
}
