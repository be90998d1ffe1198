import { SeeklineError } from '#shared/errors.ts'
import { kcatCommand, type KcatCommand, type CommandFor } from '#shared/filters/kcat-command.ts'
import type { OffsetRange, ScanLedger } from '#shared/model/ledger.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import type { OpenSearch } from './open-search.ts'
import { newestRows } from './newest-rows.ts'

/** How many records are used to find out how keys and values are encoded. */
const SAMPLE = 100

/** Encodings whose values are written out as they are stored. */
const plain = new Set(['JSON', 'UTF-8', 'bytes', 'Hex'])

/** A shell command that finds the same records, or why there is none. */
export async function searchCommand(
  access: MessagesAccess,
  profile: Pick<Profile, 'brokers' | 'tls' | 'sasl'>,
  open: OpenSearch,
  signal: AbortSignal,
): Promise<KcatCommand> {
  const { filter, time, show, list, newestPerKey } = open.of
  if (list !== 'matches') return { why: 'jq does not know of what cannot be judged.' }
  if (newestPerKey) return { why: 'kcat reads a log from its beginning, and knows of no newest record of a key.' }
  const topics = open.ledgers.map(({ topic, parts }) => ({ topic, ranges: parts.map(({ partition, from, to }) => ({ partition, from, to })) })) // oxfmt-ignore
  const { order } = open.kept()
  return kcatCommand({
    brokers: profile.brokers.join(','),
    topics,
    filter,
    time,
    show,
    order,
    hasOpen: await hasOpen(access, open.ledgers, signal),
    isPlain: filter === null ? { key: true, value: true } : await arePlain(access, open, signal),
    isSecured: profile.tls.enabled || profile.sasl.mechanism !== 'none',
  })
}

/** Whether a transaction is open in the searched range. */
async function hasOpen(
  { reader }: MessagesAccess,
  ledgers: readonly ScanLedger[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const { topic, parts } of ledgers) {
    const bounds = await reader.source.bounds(topic, parts.map(({ partition }) => partition), signal) // oxfmt-ignore
    const isOpen = ({ partition, to }: OffsetRange): boolean => {
      const edges = bounds.get(partition)
      return edges !== undefined && !(edges instanceof SeeklineError) && edges.lastStable < edges.highWatermark && to > edges.lastStable // oxfmt-ignore
    }
    if (parts.some(isOpen)) return true
  }
  return false
}

/** From the first hits, or if there are none from the newest records. */
async function arePlain(access: MessagesAccess, open: OpenSearch, signal: AbortSignal): Promise<CommandFor['isPlain']> {
  const isPlain = { key: true, value: true }
  const judge = (key: string | undefined, value: string | undefined): void => {
    if (key !== undefined && !plain.has(key)) isPlain.key = false
    if (value !== undefined && !plain.has(value)) isPlain.value = false
  }
  const { rows } = await open.hits.page('found', false, 0, SAMPLE)
  for (let i = 0; i < rows.count; i += 1) judge(...encodingsOf(rows, i))
  if (rows.count > 0) return isPlain
  for (const { topic } of open.ledgers.slice(0, 8)) {
    const { rows: newest } = await newestRows(access, { topic, count: SAMPLE }, signal)
    for (const { keyAs, valueAs } of newest) judge(keyAs?.encoding, valueAs?.encoding)
  }
  return isPlain
}

/** Undefined: there is none. */
function encodingsOf(rows: RowColumns, row: number): [string | undefined, string | undefined] {
  const as = rows.decodedAs[row]! // row < count
  const of = (size: number, number: number): string | undefined => (size < 0 ? undefined : rows.decodings[number]?.encoding) // oxfmt-ignore
  return [of(rows.keySize[row]!, as & 0xffff), of(rows.valueSize[row]!, as >>> 16)] // row < count
}
