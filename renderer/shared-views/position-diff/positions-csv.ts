export interface CsvPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint | null | undefined
}

/**
 * `topic,partition,offset` without a heading: what `kafka-consumer-groups --reset-offsets --from-file` reads and its
 * `--export` prints. Partitions without an offset have no line: the script has no word for "none".
 */
export function positionsCsv(positions: readonly CsvPosition[]): { text: string; lines: number; leftOut: number } {
  const known = positions.filter((at) => at.offset !== null && at.offset !== undefined && at.offset >= 0n)
  const text = known.map((at) => `${quoted(at.topic)},${at.partition},${String(at.offset)}\n`).join('')
  return { text, lines: known.length, leftOut: positions.length - known.length }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
