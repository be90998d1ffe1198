import { kafkaApis } from './protocol/api-table.ts'
import type { ApiVersionsResponse } from './protocol/api-versions.ts'

/** metadata.version level up to and including → release (org.apache.kafka.server.common.MetadataVersion). */
const releases: readonly (readonly [level: number, release: string])[] = [
  [7, '3.3'],
  [8, '3.4'],
  [11, '3.5'],
  [14, '3.6'],
  [19, '3.7'],
  [20, '3.8'],
  [21, '3.9'],
  [25, '4.0'],
  [27, '4.1'],
  [29, '4.2'],
  [30, '4.3'],
  [33, '4.4'],
]

/** Without that feature (ZooKeeper mode, other vendors) the highest Fetch version narrows the release down. */
const byFetch: ReadonlyMap<number, string> = new Map([
  [11, '2.3 to 2.6'],
  [12, '2.7 to 3.0'],
  [13, '3.1 to 3.4'],
  [14, '3.5'],
  [15, '3.5 or 3.6'],
  [16, '3.7'],
  [17, '3.8 or 3.9'],
  [18, '4.0 or later'],
])

/** The release a broker most likely runs, e.g. "4.3"; brokers do not say it. null: unknown. */
export function guessRelease(versions: ApiVersionsResponse | null): string | null {
  if (versions === null) return null
  const level = versions.supportedFeatures.get('metadata.version')?.max
  if (level !== undefined) {
    const release = releases.find(([highest]) => level <= highest)
    return release === undefined ? '4.5 or later' : release[1]
  }
  const fetch = byFetch.get(versions.ranges.get(kafkaApis.Fetch.key)?.max ?? -1)
  return fetch ?? null
}
