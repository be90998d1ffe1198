import type { OffsetRange } from '../model/ledger.ts'
import type { RecordFilter } from './filter.ts'
import { jqOf, jqText } from './jq-condition.ts'
import { NoCommand } from './no-command.ts'

/** A search, as needed to write it as a command line. */
export interface CommandFor {
  /** As kcat takes them: host:port, separated by commas. */
  readonly brokers: string
  /** The ranges to read of each topic. */
  readonly topics: readonly { readonly topic: string; readonly ranges: readonly OffsetRange[] }[]
  readonly filter: RecordFilter | null
  /** In ms since 1970; `to` is exclusive. */
  readonly time: { readonly from: bigint | null; readonly to: bigint | null } | null
  /** Whether records of aborted and of open transactions are shown. */
  readonly show: { readonly aborted: boolean; readonly open: boolean }
  /** A transaction is open within the ranges. */
  readonly hasOpen: boolean
  /** For keys and values: whether they are read as stored, as JSON or text: kcat decodes nothing else. */
  readonly isPlain: { readonly key: boolean; readonly value: boolean }
  /** The order of the records; `found`: as they are read. */
  readonly order: 'found' | 'partition' | 'newest' | 'oldest'
  /** TLS or a sign-in is needed, which is never written into a command. */
  readonly isSecured: boolean
}

export type KcatCommand = { command: string; notes: string[] } | { why: string }

/**
 * A shell command with kcat and jq that prints the same records, one JSON line each; throws `NoCommand` for what these cannot
 * express, or would express differently.
 */
export function kcatCommand(search: CommandFor): KcatCommand {
  try {
    return { command: commandOf(search), notes: notesOf(search) }
  } catch (error) {
    if (error instanceof NoCommand) return { why: error.message }
    throw error
  }
}

function commandOf(search: CommandFor): string {
  const reads = search.topics.map(({ topic, ranges }) => kcatOf(search, topic, ranges))
  const [first] = reads
  if (first === undefined) throw new NoCommand('Nothing is read.')
  const jq = ['select(', conditionsOf(search).join(' and '), ')'].join('')
  const sorted = sortedBy(search.order)
  const read = reads.length === 1 ? first : `{ ${reads.join('; ')}; }`
  return [read, `jq -c ${quoted(jq)}`, ...(sorted === null ? [] : [`jq -cs ${quoted(sorted)}`])].join(' | ')
}

function kcatOf({ brokers, show, hasOpen }: CommandFor, topic: string, ranges: readonly OffsetRange[]): string {
  const isolation = isolationOf(show, hasOpen)
  const [only] = ranges
  const where = only !== undefined && ranges.length === 1 ? `-p ${only.partition} -o ${only.from}` : '-o beginning'
  // Where the log starts later than the start asked for, start there; kcat by itself would go to the end.
  const settings = ['allow.auto.create.topics=false', `isolation.level=${isolation}`, 'auto.offset.reset=earliest']
  return `kcat -C -q -e -J -b ${quoted(brokers)} -t ${quoted(topic)} ${where} ${settings.map((one) => `-X ${one}`).join(' ')}` // oxfmt-ignore
}

/**
 * Our default lies between kcat's two isolation levels: records of open transactions are shown, those of aborted ones are not.
 */
function isolationOf({ aborted, open }: CommandFor['show'], hasOpen: boolean): string {
  if (aborted && (open || !hasOpen)) return 'read_uncommitted'
  if (!aborted && (!open || !hasOpen)) return 'read_committed'
  throw new NoCommand(
    'A transaction is open: kcat reads either no record of open transactions, or those of aborted ones too.',
  )
}

function conditionsOf({ topics, filter, time, isPlain }: CommandFor): string[] {
  const ofTopics = topics.map(({ topic, ranges }) => {
    const some = ranges.map(({ partition, from, to }) => `.partition == ${partition} and .offset >= ${from} and .offset < ${to}`) // oxfmt-ignore
    if (ranges.some(({ to }) => to >= 2n ** 53n)) throw new NoCommand('jq tells such large offsets not apart.')
    const any = some.length > 1 ? `(${some.map((one) => `(${one})`).join(' or ')})` : (some[0] ?? 'false')
    return topics.length === 1 ? any : `(.topic == ${jqText(topic)} and ${any})`
  })
  const conditions = [ofTopics.length === 1 ? ofTopics[0]! : `(${ofTopics.join(' or ')})`] // its length is 1, as checked
  if (time?.from != null) conditions.push(`.ts >= ${time.from}`)
  if (time?.to != null) conditions.push(`.ts < ${time.to}`)
  if (filter !== null) conditions.push(jqOf(filter, isPlain))
  return conditions
}

function sortedBy(order: CommandFor['order']): string | null {
  switch (order) {
    case 'found':
      return null
    case 'partition':
      return 'sort_by([.topic, .partition, .offset])[]'
    case 'oldest':
      return 'sort_by([.ts, .topic, .partition, .offset])[]'
    case 'newest':
      return 'sort_by([.ts, .topic, .partition, .offset]) | reverse[]'
  }
}

function notesOf({ isSecured, order, topics }: CommandFor): string[] {
  return [
    ...(isSecured ? ['How to sign in and whom to trust belongs into kcat’s own settings (~/.config/kcat.conf): no secret is written here.'] : []), // oxfmt-ignore
    ...(order === 'found' ? [] : ['jq holds all records that it finds in memory, to put them in order.']),
    ...(topics.some(({ ranges }) => ranges.length > 1) ? ['kcat reads each topic from its beginning to its end; jq leaves out what is outside the range.'] : []), // oxfmt-ignore
  ]
}

/** Quoted for a POSIX shell, so that no character has a special meaning. */
function quoted(text: string): string {
  if (text.includes('\0')) throw new NoCommand('A command line has no character 0.')
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
