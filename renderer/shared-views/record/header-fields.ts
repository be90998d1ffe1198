import { utf8Text } from '#shared/bytes.ts'
import type { HeaderValue } from '#shared/contract/messages.ts'

type Header = Pick<HeaderValue, 'name' | 'value' | 'known'>

/** The parts of a W3C `traceparent`; empty: another header, or an invalid one. A later version may add parts at its end. */
export function traceFields({ name, value }: Header): readonly (readonly [name: string, value: string])[] {
  if (value === null || utf8Text(name) !== 'traceparent') return []
  const parts = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-.*)?$/.exec(utf8Text(value) ?? '')
  if (parts === null) return []
  const [, version, trace, parent, flags] = parts as unknown as [string, string, string, string, string]
  return [
    ['trace id', trace],
    ['parent id', parent],
    ['sampled', (Number.parseInt(flags, 16) & 1) === 1 ? 'yes' : 'no'],
    ['version', version],
  ]
}

/** Prefixes of headers that say where a record failed: Spring's first, which may have copied it from the others. */
const prefixes = [
  'seekline.original-',
  'kafka_dlt-original-',
  'kafka_original-',
  '__connect.errors.',
  '__streams.errors.',
]

/** Where a dead letter came from: from the last header of each name, because a record may fail more than once. */
export function deadLetterOrigin(
  headers: readonly Header[],
): { topic: string; partition: number; offset: bigint } | undefined {
  const last = new Map(headers.map((header) => [utf8Text(header.name), header]))
  const textOf = (name: string): string => {
    const header = last.get(name)
    return header?.known?.meant ?? utf8Text(header?.value ?? new Uint8Array()) ?? ''
  }
  for (const prefix of prefixes) {
    const [topic, partition, offset] = ['topic', 'partition', 'offset'].map((end) => textOf(`${prefix}${end}`)) as [string, string, string] // oxfmt-ignore
    if (topic !== '' && /^\d{1,9}$/.test(partition) && /^\d{1,18}$/.test(offset))
      return { topic, partition: Number(partition), offset: BigInt(offset) }
  }
  return undefined
}
