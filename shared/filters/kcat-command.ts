import type { OffsetRange } from '../model/ledger.ts'
import type { RecordFilter } from './filter.ts'
import { jqOf, jqText } from './jq-condition.ts'
import { NoCommand } from './no-command.ts'

/** A search as a command line is to repeat it. */
export interface CommandFor {
  /** As kcat takes them: host:port, several with commas between. */
  readonly brokers: string
  /** What is read of each. */
  readonly topics: readonly { readonly topic: string; readonly ranges: readonly OffsetRange[] }[]
  readonly filter: RecordFilter | null
  /** In ms since 1970; `to` is exclusive. */
  readonly time: { readonly from: bigint | null; readonly to: bigint | null } | null
  /** Records of aborted transactions, and of those that are open, are shown. */
  readonly show: { readonly aborted: boolean; readonly open: boolean }
  /** A transaction is open within the ranges. */
  readonly hasOpen: boolean
  /** Of each, whether it is read as what it is stored as, JSON or text: kcat decodes nothing else. */
  readonly isPlain: { readonly key: boolean; readonly value: boolean }
  /** How the records are listed; `found`: as they come. */
  readonly order: 'found' | 'partition' | 'newest' | 'oldest'
  /** TLS or a way of signing in is needed, which is never written out. */
  readonly isSecured: boolean
}

export type KcatCommand = { command: string; notes: string[] } | { why: string }

/**
 * What a shell runs to get the same records, as lines of JSON, by kcat and jq; or why there is no such thing: what they cannot
 * say, or say otherwise, is not pretended.
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
  // Where the log begins later than asked it begins there; by itself kcat would go to the end.
  const settings = ['allow.auto.create.topics=false', `isolation.level=${isolation}`, 'auto.offset.reset=earliest']
  return `kcat -C -q -e -J -b ${quoted(brokers)} -t ${quoted(topic)} ${where} ${settings.map((one) => `-X ${one}`).join(' ')}` // oxfmt-ignore
}

/** Between the two there is what we show by default: open transactions along, aborted ones not. */
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

/** For a POSIX shell: nothing in it means anything. */
function quoted(text: string): string {
  if (text.includes('\0')) throw new NoCommand('A command line has no character 0.')
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
