import fs from 'node:fs/promises'
import path from 'node:path'
import type { KafkaTools } from '../../scripts/lib/kafka-tools.ts'

export interface DumpedBatches {
  batches: number
  records: number
  /** Batches of a producer whose sequence another batch has, too: `producer/epoch/sequence at offset`. */
  twice: string[]
}

/** What Kafka's own DumpLogSegments finds in a partition's segment files: it shows whether anything was written twice. */
export async function dumpedBatches(tools: KafkaTools, folder: string): Promise<DumpedBatches> {
  const files = (await fs.readdir(folder)).filter((file) => file.endsWith('.log')).sort()
  const { stdout } = await tools.call('DumpLogSegments', [
    '--files',
    files.map((file) => path.join(folder, file)).join(','),
  ])
  const seen = new Map<string, string>()
  const found: DumpedBatches = { batches: 0, records: 0, twice: [] }
  for (const line of stdout.split('\n')) {
    const field = (name: string) => new RegExp(`\\b${name}: (-?\\d+)`).exec(line)?.[1]
    const base = field('baseOffset')
    if (base === undefined) continue
    found.batches += 1
    found.records += Number(field('lastOffset')) - Number(base) + 1
    const key = `${field('producerId')}/${field('producerEpoch')}/${field('baseSequence')}`
    const before = seen.get(key)
    if (before !== undefined) found.twice.push(`${key} at ${before} and ${base}`)
    seen.set(key, base)
  }
  return found
}
