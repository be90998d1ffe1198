import { formatGrouped } from '../../ui/format.ts'
import type { Lines } from './grid-lines.ts'
import type { DecodablePart } from './decode-store.ts'

/** How many rows are examined: enough to describe a page. */
const MOST_ASKED = 10_000

/** "Of 500 loaded rows 480 are JSON and 20 UTF-8." */
export function decodedNow(lines: Lines, part: DecodablePart): string {
  // Rows do not contain headers.
  if (part === 'header') return ''
  const counts = new Map<string, number>()
  let asked = 0
  for (let at = 0; at < Math.min(lines.count, MOST_ASKED); at += 1) {
    const line = lines.at(at)
    if (line?.kind !== 'row') continue
    asked += 1
    const as = part === 'key' ? line.row.keyAs : line.row.valueAs
    const name = as === null ? 'null' : as.encoding === 'bytes' ? 'not decoded' : as.encoding
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  if (asked === 0) return 'No row is loaded that would show what they are.'
  const words = [...counts].toSorted(([, a], [, b]) => b - a).map(([name, count]) => `${formatGrouped(count)} ${name}`)
  return `Of ${formatGrouped(asked)} loaded rows: ${words.join(', ')}.`
}
