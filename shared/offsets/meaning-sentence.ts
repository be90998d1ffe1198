import type { UnreadAge } from '../contract/lag.ts'
import type { LineMeaning } from '../contract/meaning.ts'
import type { Plan } from '../contract/offsets.ts'
import { formatBytes, formatDuration, formatGrouped } from '../format-number.ts'
import { roundEstimate, totalOf, type RecordTotal } from './plan-meaning.ts'
import { leftOutWords, summarize } from './plan-sentence.ts'

export interface MomentWords {
  /** A time, as short as is unambiguous. */
  readonly time: (ms: bigint) => string
  /** Ms since 1970. */
  readonly now: bigint
}

/** For callers without a time zone. */
export const utcWords: Pick<MomentWords, 'time'> = {
  time: (ms) => {
    const limit = 8_640_000_000_000_000n
    return ms < -limit || ms > limit
      ? `${ms} ms`
      : `${new Date(Number(ms)).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  },
}

type Told = Pick<Plan, 'group' | 'rows' | 'refusal'>

/**
 * What plans mean, in one paragraph: how many partitions go which way and how far, what is skipped and repeated, and when
 * retention reaches the oldest of it. `lines` are those of `offsets.meaning`.
 */
export function meaningSentence(plans: readonly Told[], lines: readonly LineMeaning[], words: MomentWords): string {
  const isAble = plans.map(({ refusal }) => refusal === null)
  // Also for plans that cannot be applied: it says what they would do.
  const own = isAble.includes(true) ? lines.filter((line) => isAble[line.plan] === true) : lines
  if (own.length === 0) return 'Nothing would change.'
  const groups = new Set(own.map((line) => line.plan)).size
  const of = groups > 1 ? ` of ${groups} groups` : ''
  const head = waysOf(own, of, words.now)
  const rows = plans.filter((_, i) => isAble[i] === true || !isAble.includes(true)).flatMap((plan) => plan.rows)
  const { refused, passes } = summarize(rows)
  const rest = [
    undecidedWords(own),
    retentionWords(own, words),
    refused === 0 ? '' : `${partitions(refused)} cannot be moved.`,
    leftOutWords(rows),
  ]
  return [`${head}: ${effectsOf(own, passes)}.`, ...rest].filter((part) => part !== '').join(' ')
}

/** "2 partitions go back by 2 h and 1 goes forward by 5 m" */
function waysOf(lines: readonly LineMeaning[], of: string, now: bigint): string {
  const kinds: readonly [LineMeaning['way'], readonly [one: string, many: string]][] = [
    ['repeats', ['goes back', 'go back']],
    ['skips', ['goes forward', 'go forward']],
    ['starts', ['gets a first position', 'get a first position']],
  ]
  const parts = kinds.flatMap(([way, [one, many]]) => {
    const own = lines.filter((line) => line.way === way)
    return own.length === 0 ? [] : [{ n: own.length, verb: own.length === 1 ? one : many, far: way === 'starts' ? '' : distance(own, now) }] // oxfmt-ignore
  })
  const others = lines.filter((line) => line.way === 'none')
  const without = others.filter(({ after }) => after === null).length
  const still = others.length - without
  if (without > 0)
    parts.push({ n: without, verb: without === 1 ? 'loses its position' : 'lose their position', far: '' })
  if (still > 0)
    parts.push({ n: still, verb: still === 1 ? 'changes without moving' : 'change without moving', far: '' })
  const texts = parts.map(({ n, verb, far }, i) => `${i === 0 ? partitions(n) + of : formatGrouped(n)} ${verb}${far}`)
  return texts.length < 3 ? texts.join(' and ') : `${texts.slice(0, -1).join(', ')}, and ${texts.at(-1)}`
}

/** How far apart in time the two ends are; for several rows the greatest distance. */
function distance(lines: readonly LineMeaning[], now: bigint): string {
  const spans = lines.flatMap(({ before, after }) => {
    const a = momentOf(before, now)
    const b = momentOf(after, now)
    return a === null || b === null ? [] : [a > b ? a - b : b - a]
  })
  if (spans.length === 0) return ''
  const most = spans.reduce((a, b) => (a > b ? a : b))
  const least = spans.reduce((a, b) => (a < b ? a : b))
  if (most < 1000n) return ''
  const isAlike = spans.length === lines.length && (most - least) * 20n <= most
  return ` by ${isAlike ? '' : 'up to '}${formatDuration(most)}`
}

/** At the end of the log, the next record will be written from now on. */
function momentOf(age: UnreadAge | null, now: bigint): bigint | null {
  if (age?.kind === 'nothing') return now
  return age?.kind === 'record' && age.timestamp >= 0n ? age.timestamp : null
}

/** Skips first: repeats can be undone, but skipped records are noticed too late. */
function effectsOf(lines: readonly LineMeaning[], passes: bigint): string {
  const of = (way: LineMeaning['way']) =>
    totalOf(lines.filter((line) => line.way === way).map(({ records }) => records))
  const [skips, repeats, starts] = [of('skips'), of('repeats'), of('starts')]
  const one = lines.filter((line) => line.way === 'starts').length === 1
  const effects: string[] = []
  if (skips.records > 0n) effects.push(`${totalWords(skips)} ${areOf(skips)} skipped`)
  if (repeats.records > 0n) effects.push(`${totalWords(repeats)} ${areOf(repeats)} read again`)
  if (starts.records > 0n) effects.push(`${one ? 'it begins' : 'they begin'} with ${totalWords(starts)}`)
  if (passes > 0n) effects.push(`up to ${formatGrouped(passes)} records before that are never read`)
  else if (skips.records === 0n) {
    effects.push(effects.length === 0 ? 'nothing is skipped or read again' : 'nothing is skipped')
  }
  if (skips.records > 0n && repeats.records === 0n) effects.push('nothing is read again')
  return effects.join('; ')
}

/** "12 400 records (48 MB)", "~1 230 000 records (~4.2 GB)", "up to 5 000 000 records" */
export function totalWords({ records, bytes, certainty }: RecordTotal): string {
  const isExact = certainty === 'counted'
  const n = isExact || certainty === 'at-most' ? records : roundEstimate(records)
  const mark = certainty === 'estimate' ? '~' : ''
  const size = bytes === null ? '' : ` (${mark}${formatBytes(bytes)})`
  return `${certainty === 'at-most' ? 'up to ' : ''}${mark}${formatGrouped(n)} ${n === 1n ? 'record' : 'records'}${size}`
}

const areOf = ({ records }: RecordTotal): string => (records === 1n ? 'is' : 'are')

function undecidedWords(lines: readonly LineMeaning[]): string {
  const n = lines.reduce((sum, line) => sum + line.undecided, 0n)
  if (n === 0n) return ''
  return `${formatGrouped(n)} more ${n === 1n ? 'offset is' : 'offsets are'} of transactions that are not decided yet.`
}

function retentionWords(lines: readonly LineMeaning[], { time, now }: MomentWords): string {
  const moments = lines.flatMap(({ retention }) => (retention.kind === 'at' ? [retention] : []))
  if (moments.length === 0) return ''
  const first = moments.reduce((a, b) => (a.at <= b.at ? a : b))
  const what = lines.length === 1 ? 'it' : 'the oldest'
  if (first.at <= now) return `Retention may delete ${what} at any moment.`
  // Retention by time does not act earlier: a segment is deleted as a whole, and brokers check only every few minutes.
  return `Retention reaches ${what} ${first.by === 'size' ? 'about' : 'not before'} ${time(first.at)}.`
}

function partitions(n: number): string {
  return `${formatGrouped(n)} ${n === 1 ? 'partition' : 'partitions'}`
}
