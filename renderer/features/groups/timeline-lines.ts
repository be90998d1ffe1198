import { formatCount, formatGrouped, formatRate, formatTimestamp, type Zone } from '../../ui/format.ts'
import type { ChartLine } from '../../ui/time-chart.tsx'
import type { MemberChange } from './history-lines.ts'
import { lastAt } from './moment-keys.ts'
import type { GroupLook } from './samples-model.ts'
import { sourceWords, type TimelineRow } from './timeline-model.ts'

export const seconds = (at: bigint): number => Number(at) / 1000
export const millis = (at: number): bigint => BigInt(Math.round(at * 1000))

/** Used where the unit (offsets) is given beside it. */
export const rate = (perSecond: number): string => formatRate(perSecond, 'offsets').replace(' offsets', '')

/** A commit has no other value than the position, so the lines of other values continue at its time. In a reading null is a gap. */
const valueOf = (row: TimelineRow, value: bigint | null): number | null | undefined =>
  value === null ? (row.source === 'look' ? null : undefined) : Number(value)

/**
 * The number of offsets between a position and the high watermark. In a share group some of them are already processed, and
 * only its broker knows how many: it is then not called lag.
 */
export const behindWords = (isShare: boolean): string => (isShare ? 'from there to the high watermark' : 'lag')

/** The group's position between the edges of the log, and beside it the lag. */
export function positionLines(rows: readonly TimelineRow[], one: string, behind: string): ChartLine[] {
  return [
    {
      label: 'high watermark',
      values: rows.map((row) => valueOf(row, row.highWatermark)),
      side: 'left',
      colour: 'dim',
      isDashed: true,
    },
    {
      label: one,
      values: rows.map(({ position }) => (position === null ? null : Number(position))),
      side: 'left',
      colour: 'accent',
      isStepped: true,
      isStrong: true,
    },
    { label: 'log start', values: rows.map((row) => valueOf(row, row.logStart)), side: 'left', colour: 'dim' },
    { label: `${behind}, offsets`, values: rows.map((row) => valueOf(row, row.lag)), side: 'right', colour: 'warn' },
  ]
}

export function rateLines(looks: readonly GroupLook[], behind: string): ChartLine[] {
  return [
    { label: `${behind}, offsets`, values: looks.map(({ lag }) => (lag === null ? null : Number(lag))), side: 'left', colour: 'warn' }, // oxfmt-ignore
    {
      label: 'in, offsets a second',
      values: looks.map((look) => look.in),
      side: 'right',
      colour: 'dim',
      isDashed: true,
    },
    { label: 'read, offsets a second', values: looks.map(({ out }) => out), side: 'right', colour: 'accent' },
  ]
}

/** Not shortened: labels that differ by little would all look the same. */
export const offsetTick = (value: number): string => (value < 1e9 ? countTick(value, formatGrouped) : countTick(value))

/** Labels of an axis of counts are whole numbers; between two of them there is none, because rounding would repeat one. */
export const countTick = (value: number, format: (count: number) => string = formatCount): string =>
  Number.isInteger(value) ? format(value) : ''

/** A description of the chart, for people who do not see it. */
export function pictureWords(rows: readonly TimelineRow[], one: string, behind: string): string {
  const stood = rows.flatMap(({ position }) => (position === null ? [] : [position]))
  const lags = rows.flatMap(({ lag }) => (lag === null ? [] : [lag]))
  const [first, last] = [stood[0], stood.at(-1)]
  const words: string[] = []
  if (first !== undefined && last !== undefined) words.push(`${one} went from ${formatGrouped(first)} to ${formatGrouped(last)}`) // oxfmt-ignore
  const [oldest, newest] = [lags[0], lags.at(-1)]
  if (oldest !== undefined && newest !== undefined) {
    const most = lags.reduce((a, b) => (a > b ? a : b))
    words.push(`${behind} from ${formatGrouped(oldest)} to ${formatGrouped(newest)} offsets, ${formatGrouped(most)} at most`) // oxfmt-ignore
  }
  return words.length === 0 ? 'nothing is known' : words.join('; ')
}

/** One time of the chart as text: each number with its source, and the members as far as the records show. */
export function momentWords(
  { rows, changes }: { rows: readonly TimelineRow[]; changes: readonly MemberChange[] },
  moment: bigint,
  { one, behind }: { one: string; behind: string },
  zone: Zone,
): string {
  const until = rows.slice(0, lastAt(rows.map(({ at }) => at), moment) + 1) // oxfmt-ignore
  const stood = until.findLast(({ position, source }) => position !== null || source === 'tombstone')
  const seen = until.findLast(({ source }) => source === 'look')
  const members = changes.findLast(({ at }) => at <= moment)
  const words = [
    stood === undefined
      ? 'where it stood is not known'
      : `${one} ${stood.position === null ? 'none' : formatGrouped(stood.position)} (${sourceWords[stood.source]})`,
    ...(seen === undefined || seen.highWatermark === null ? [] : [seenWords(seen, behind, zone)]),
    ...(members === undefined ? [] : [`members: ${members.words}`]),
  ]
  return `${formatTimestamp(moment, zone).slice(0, 19)}: ${words.join('; ')}`
}

function seenWords({ at, highWatermark, logStart, lag }: TimelineRow, behind: string, zone: Zone): string {
  const known = (offset: bigint | null) => (offset === null ? 'not known' : formatGrouped(offset))
  return `high watermark ${known(highWatermark)}, log start ${known(logStart)}, ${behind} ${known(lag)} (seen ${formatTimestamp(at, zone).slice(11, 19)})`
}
