import { formatGrouped } from '#shared/format-number.ts'
export {
  formatBytes,
  formatCount,
  formatDuration,
  formatGrouped,
  formatLag,
  formatRate,
  isMuch,
  ungroup,
} from '#shared/format-number.ts'
export { formatTimestamp, formatTimestampShort, formatTime, zoneLabel, type Zone } from './format-time.ts'

/** `orders / 7 / 48 211 907`: how coordinates are shown. Never use it for text that is copied. */
export function formatCoordinates(topic: string, partition: number, offset: bigint): string {
  return `${topic} / ${partition} / ${formatGrouped(offset)}`
}

/** `0–3, 7` for [0,1,2,3,7]: how selected partitions are written in a sentence. */
export function formatPartitions(partitions: readonly number[]): string {
  const sorted = [...new Set(partitions)].toSorted((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; i++) {
    const first = sorted[i]! // i < sorted.length, as the loops check
    while (i + 1 < sorted.length && sorted[i + 1] === sorted[i]! + 1) i++ // i < sorted.length, as the loops check
    const last = sorted[i]! // i < sorted.length, as the loops check
    parts.push(first === last ? String(first) : `${first}${last === first + 1 ? ', ' : '–'}${last}`)
  }
  return parts.join(', ')
}
