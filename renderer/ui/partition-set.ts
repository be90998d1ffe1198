export type ParsedPartitions = { ok: true; partitions: number[] } | { ok: false; message: string }

/** Reads `0-3, 7`, `all`, `even`: what people type into the partition picker's text box. */
export function parsePartitions(text: string, count: number): ParsedPartitions {
  const input = text.trim().toLowerCase()
  if (input === 'all' || input === '*') return { ok: true, partitions: Array.from({ length: count }, (_, i) => i) }
  if (input === '') return { ok: true, partitions: [] }
  const chosen = new Set<number>()
  for (const part of input.split(/[\s,;]+/).filter((piece) => piece !== '')) {
    const match = /^(\d{1,9})(?:(?:-|–|\.\.)(\d{1,9}))?$/.exec(part)
    if (match === null) return { ok: false, message: `“${part}” is no partition. Write 0-3, 7 or all.` }
    const from = Number(match[1])
    const to = Number(match[2] ?? match[1])
    if (from > to) return { ok: false, message: `${part} runs backwards.` }
    if (to >= count) {
      return { ok: false, message: `There is no partition ${to}: this topic has ${count}, numbered from 0.` }
    }
    for (let partition = from; partition <= to; partition++) chosen.add(partition)
  }
  return { ok: true, partitions: [...chosen].toSorted((a, b) => a - b) }
}
