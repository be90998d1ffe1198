import { MOST_GROUPS, type PlanSpec } from '../contract/offsets.ts'
import { PartitionId } from '../model/ids.ts'
import { partitionKey } from '../model/topic-partition.ts'

// The format of Kafka's own kafka-consumer-groups (`--export`, `--from-file`): one line per partition, without a heading.
// `topic,partition,offset` for one group, `group,topic,partition,offset` for several. The script splits at line feeds before it
// looks for quotes, so a value cannot contain a line feed here either.

export interface CsvPosition {
  /** Present in files with several groups. */
  readonly group?: string
  readonly topic: string
  readonly partition: number
  readonly offset: bigint | null | undefined
}

/**
 * The text that `--from-file` reads. Partitions without an offset have no line, because the script cannot express "none". It
 * cannot express a group with a line feed in its name either.
 */
export function positionsCsv(positions: readonly CsvPosition[]): { text: string; lines: number; leftOut: number } {
  const known = positions.filter(
    ({ group = '', offset }) => offset !== null && offset !== undefined && offset >= 0n && !/[\r\n]/.test(group),
  )
  const text = known
    .map(({ group, topic, partition, offset }) => {
      const own = group === undefined ? '' : `${quoted(group)},`
      return `${own}${quoted(topic)},${partition},${String(offset)}\n`
    })
    .join('')
  return { text, lines: known.length, leftOut: positions.length - known.length }
}

function quoted(text: string): string {
  // Many programs that the file may pass through trim spaces at the ends of values.
  return /^\s|\s$|[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export interface CsvLine {
  readonly line: number
  /** null: the file is for one group, which it does not name. */
  readonly group: string | null
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

export interface CsvProblem {
  readonly line: number
  /** What is wrong, and what to write instead. */
  readonly message: string
}

export interface CsvRead {
  readonly lines: readonly CsvLine[]
  /** The first of them. */
  readonly problems: readonly CsvProblem[]
  readonly problemCount: number
}

/** A group with ten thousand partitions, twice over. It is parsed in one go, in the page too, where more would block it. */
const CSV_CHARACTERS = 2_000_000
const MOST_LINES = 20_000
const MOST_PROBLEMS = 20
const INT64_MAX = 2n ** 63n - 1n

/**
 * Parses such a file. Blank lines, a byte order mark and Windows' line ends are accepted; a bad line is reported by its number.
 */
export function readPositionsCsv(text: string): CsvRead {
  const whole = (message: string): CsvRead => ({ lines: [], problems: [{ line: 0, message }], problemCount: 1 })
  if (text.length > CSV_CHARACTERS) return whole('The file is larger than 2 MB: split it by topics.')
  const lines: CsvLine[] = []
  const problems: CsvProblem[] = []
  let problemCount = 0
  const firstAt = new Map<string, number>()
  let columns: number | undefined
  for (const [at, raw] of splitLines(text).entries()) {
    const line = at + 1
    if (raw.trim() === '') continue
    if (lines.length + problemCount >= MOST_LINES)
      return whole('The file has more than 20,000 lines: split it by topics.')
    const found = readLine(raw, columns)
    const key = typeof found === 'string' ? '' : `${found.group ?? ''}\n${partitionKey(found.topic, found.partition)}`
    const before = typeof found === 'string' ? undefined : firstAt.get(key)
    const problem = typeof found === 'string' ? found : before === undefined ? undefined : `Line ${before} has this partition already: leave one of them out.` // oxfmt-ignore
    if (typeof found !== 'string') columns ??= found.group === null ? 3 : 4
    if (problem !== undefined) {
      problemCount += 1
      if (problems.length < MOST_PROBLEMS) problems.push({ line, message: problem })
    } else if (typeof found !== 'string') {
      firstAt.set(key, line)
      lines.push({ line, ...found })
    }
  }
  if (lines.length === 0 && problemCount === 0) return whole('The file has no line. A line is topic,partition,offset.')
  return { lines, problems, problemCount }
}

/** What is wrong with a file as a whole, in one sentence; null if nothing is. */
export function csvProblemSentence({ problems, problemCount }: CsvRead): string | null {
  const [first] = problems
  if (first === undefined) return null
  const more = problemCount - 1
  const others =
    more === 0 ? '' : ` ${more} more ${more === 1 ? 'line is' : 'lines are'} not readable${otherLines(problems)}.`
  return `${first.line === 0 ? '' : `Line ${first.line}: `}${first.message}${others}`
}

function otherLines(problems: readonly CsvProblem[]): string {
  const numbers = problems.slice(1, 11).map(({ line }) => line)
  return numbers.length === 0 ? '' : `: ${numbers.join(', ')}${problems.length > 11 ? ' …' : ''}`
}

const splitLines = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r?\n/)

type Found = Omit<CsvLine, 'line'>

function readLine(raw: string, columns: number | undefined): Found | string {
  const fields = fieldsOf(raw)
  if (typeof fields === 'string') return fields
  const wanted = columns ?? (fields.length === 4 ? 4 : 3)
  if (fields.length !== wanted) {
    const shape = wanted === 4 ? 'group,topic,partition,offset' : 'topic,partition,offset'
    const has = fields.length === 1 ? '1 value' : `${fields.length} values`
    const other =
      columns === undefined ? ', or group,topic,partition,offset of several groups' : ', as the lines before'
    return `It has ${has}; write ${shape}${other}.`
  }
  const [offsetText = '', partitionText = '', topic = '', group] = fields.toReversed()
  if (columns === undefined && /^partition$/i.test(partitionText.trim())) {
    return 'This is a heading, and the format has none: leave the line out.'
  }
  if (topic === '') return 'It names no topic: write topic,partition,offset.'
  if (group === '') return 'It names no group: write group,topic,partition,offset.'
  const partition = PartitionId.safeParse(
    wholeNumber(partitionText, 2n ** 31n - 1n) === null ? undefined : Number(partitionText),
  )
  if (!partition.success) return `${shown(partitionText)} is no partition: write its number, such as 0.`
  const offset = wholeNumber(offsetText, INT64_MAX)
  if (offset === null) return `${shown(offsetText)} is no offset: write a whole number, 0 or more, without separators.`
  return { group: group ?? null, topic, partition: partition.data, offset }
}

function wholeNumber(text: string, largest: bigint): bigint | null {
  const digits = text.trim()
  if (!/^\d{1,19}$/.test(digits)) return null
  const value = BigInt(digits)
  return value > largest ? null : value
}

const shown = (text: string): string => (text === '' ? 'Nothing' : `“${text.slice(0, 40)}”`)

/** By RFC 4180, within a line. */
function fieldsOf(raw: string): string[] | string {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (raw[at] === '"') {
      let value = ''
      for (at += 1; ; at += 1) {
        const end = raw.indexOf('"', at)
        if (end < 0) return 'A quote is not closed: end the name with ", and write a quote within it twice.'
        value += raw.slice(at, end)
        at = end + 1
        if (raw[at] !== '"') break
        value += '"'
      }
      if (at < raw.length && raw[at] !== ',') return 'After a closing quote a comma is missing.'
      fields.push(value)
    } else {
      const end = raw.indexOf(',', at)
      const value = raw.slice(at, end < 0 ? raw.length : end)
      fields.push(value)
      at += value.length
    }
    // No valid line has more; the rest need not be split.
    if (at >= raw.length || fields.length > 4) return fields
    at += 1
  }
}

/**
 * The plans the lines ask for, one per group: only the partitions that are named, each at its own offset. `group` is the group
 * for a file that names none; for a file with groups, only its lines are taken. Returns a sentence if the two do not fit.
 */
export function specsOfCsv(lines: readonly CsvLine[], group?: string): PlanSpec[] | string {
  const named = [...new Set(lines.flatMap((line) => (line.group === null ? [] : [line.group])))]
  if (named.length === 0 && group === undefined) {
    return 'The file names no group: say which group it is for, or write group,topic,partition,offset.'
  }
  if (named.length > 0 && group !== undefined && !named.includes(group)) {
    return `The file has no line of ${group}. It has those of ${named.slice(0, 5).join(', ')}${named.length > 5 ? ` and ${named.length - 5} more` : ''}.`
  }
  const mine = group === undefined ? lines : lines.filter((line) => line.group === null || line.group === group)
  const byGroup = Map.groupBy(mine, (line) => line.group ?? group ?? '')
  if (byGroup.size > MOST_GROUPS) return `The file has ${byGroup.size} groups; one plan takes ${MOST_GROUPS} at most.`
  return [...byGroup].map(([name, own]) => ({
    group: name,
    scope: [...Map.groupBy(own, (line) => line.topic)].map(([topic, at]) => ({
      topic,
      partitions: at.map(({ partition }) => partition),
    })),
    target: { at: 'offsets', offsets: own.map(({ topic, partition, offset }) => ({ topic, partition, offset })) },
  }))
}
