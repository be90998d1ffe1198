import { asciiOf, BYTES_PER_LINE, hexLineCount, hexOf } from './hex-lines.ts'
import { VirtualRows } from './virtual-rows.tsx'
import s from './code-view.module.css'

export interface HexViewProps {
  label: string
  bytes: Uint8Array
  /** What the first byte's place is called; for a part of a larger value. */
  base?: number | undefined
}

export function HexView({ label, bytes, base = 0 }: HexViewProps) {
  const width = Math.max(6, (base + bytes.length).toString(16).length)
  return (
    <VirtualRows
      role="region"
      aria-label={label}
      data-verbatim=""
      className={s.view}
      count={hexLineCount(bytes)}
      rowHeight={20}
      renderRow={(line) => (
        <div key={line} className={s.line}>
          <span className={s.hexOffset}>{(base + line * BYTES_PER_LINE).toString(16).padStart(width, '0')}</span>
          <span>{hexOf(bytes, line)}</span>
          <span className={s.hexAscii}>{asciiOf(bytes, line)}</span>
        </div>
      )}
    />
  )
}
