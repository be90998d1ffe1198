import { formatGrouped } from './format.ts'

export interface SeeklineFacts {
  logStart: bigint
  highWatermark: bigint
  /** `null`: the group has no position; `undefined`: this picture does not show positions. */
  position?: bigint | null | undefined
  target?: bigint | null | undefined
  /** A range other than from the position to the target: what a replay or a browse covers (end exclusive). */
  range?: { start: bigint; end: bigint } | undefined
  /** The part of the log that is to be read (end exclusive), */
  wanted?: { start: bigint; end: bigint } | undefined
  /** and the parts that were read so far. */
  read?: readonly { start: bigint; end: bigint }[] | undefined
  /** The offset of a match. */
  found?: readonly bigint[] | undefined
  /** The positions of groups. `series` is the colour that a group has in the whole picture. */
  groups?: readonly { name: string; offset: bigint; series: number }[] | undefined
  /** The last stable offset, drawn as the track's end where open transactions stop readers before the high watermark. */
  lastStable?: bigint | undefined
  /** A scale shared by several rows, so that their tracks can be compared; without it the scale is the partition's own log. */
  scale?: { start: bigint; end: bigint } | undefined
}

export interface SeeklineShape {
  /** Shares of the width, 0 to 1. Positions outside the track are left of `trackStart` or right of `trackEnd`. */
  trackStart: number
  trackEnd: number
  position?: { at: number; offTrack: 'before' | 'after' | undefined }
  target?: { at: number; offTrack: 'before' | 'after' | undefined }
  span?: { start: number; end: number; kind: 'repeat' | 'skip' | 'range' }
  lastStable?: number
  wanted?: { start: number; end: number }
  read: readonly { start: number; end: number }[]
  found: readonly number[]
  /** Groups whose ticks would overlap share one tick, in a neutral colour. */
  groups: readonly { at: number; offTrack: 'before' | 'after' | undefined; series: number | undefined; words: string }[]
  words: string
}

/** Room at both ends for ticks outside the track; without it "before the log start" would look like "at". */
const MARGIN = 0.06
/** How many positions on a track can be told apart. */
const MARKS = 200

export function seeklineShape(facts: SeeklineFacts): SeeklineShape {
  const scale = facts.scale ?? { start: facts.logStart, end: facts.highWatermark }
  const place = (offset: bigint) => placeOf(offset, scale)
  const trackStart = place(facts.logStart)
  // An empty log still has a track, and a group can be at its end.
  const trackEnd =
    facts.highWatermark === facts.logStart ? Math.min(trackStart + 0.02, 1 - MARGIN) : place(facts.highWatermark)
  const tick = (offset: bigint) => {
    const offTrack =
      offset < facts.logStart ? ('before' as const) : offset > facts.highWatermark ? ('after' as const) : undefined
    const at =
      offTrack === 'before'
        ? trackStart - MARGIN * 0.75
        : offTrack === 'after'
          ? trackEnd + MARGIN * 0.75
          : place(offset)
    return { at: Math.min(Math.max(at, 0.005), 0.995), offTrack }
  }
  const shape: SeeklineShape = {
    trackStart,
    trackEnd,
    read: (facts.read ?? []).map(({ start, end }) => ({ start: place(start), end: place(end) })),
    // Marks that would overlap are drawn as one.
    found: [...new Set((facts.found ?? []).map((offset) => Math.round(place(offset) * MARKS) / MARKS))],
    groups: groupTicks(facts.groups ?? [], tick),
    words: describeSeekline(facts),
  }
  if (facts.wanted !== undefined) shape.wanted = { start: place(facts.wanted.start), end: place(facts.wanted.end) }
  if (facts.position !== undefined && facts.position !== null) shape.position = tick(facts.position)
  if (facts.target !== undefined && facts.target !== null) shape.target = tick(facts.target)
  if (facts.lastStable !== undefined && facts.lastStable < facts.highWatermark)
    shape.lastStable = place(facts.lastStable)
  if (facts.range !== undefined) {
    shape.span = { start: tick(facts.range.start).at, end: tick(facts.range.end).at, kind: 'range' }
  } else if (shape.position !== undefined && shape.target !== undefined && facts.position !== facts.target) {
    const [from, to] = [shape.position.at, shape.target.at]
    shape.span = { start: Math.min(from, to), end: Math.max(from, to), kind: to < from ? 'repeat' : 'skip' }
  }
  return shape
}

type Groups = NonNullable<SeeklineFacts['groups']>

function groupTicks(
  groups: Groups,
  tick: (offset: bigint) => { at: number; offTrack: 'before' | 'after' | undefined },
): SeeklineShape['groups'] {
  const bundles = Map.groupBy(groups, ({ offset }) => Math.round(tick(offset).at * MARKS))
  return [...bundles.values()].map((own) => {
    const [first] = own
    return {
      ...tick(first!.offset), // a bundle is made with its first position
      series: own.length === 1 ? first!.series : undefined, // a bundle is made with its first position
      words: groupsWords(own),
    }
  })
}

const MOST_NAMED = 12

/** `billing at 1 200, audit at 1 210, and 3 more` */
function groupsWords(groups: Groups): string {
  const named = groups.slice(0, MOST_NAMED).map(({ name, offset }) => `${name} at ${formatGrouped(offset)}`)
  return [...named, ...(groups.length > MOST_NAMED ? [`and ${groups.length - MOST_NAMED} more`] : [])].join(', ')
}

function placeOf(offset: bigint, scale: { start: bigint; end: bigint }): number {
  const width = scale.end - scale.start
  if (width <= 0n) return MARGIN
  const clamped = offset < scale.start ? scale.start : offset > scale.end ? scale.end : offset
  // Scaled while it is still a bigint: offsets above 2^53 stay exact.
  const share = Number(((clamped - scale.start) * 1_000_000n) / width) / 1_000_000
  return MARGIN + share * (1 - 2 * MARGIN)
}

/** The same facts as text, for screen readers and tooltips. */
export function describeSeekline(facts: SeeklineFacts): string {
  const { logStart, highWatermark, position, target, range, wanted, read, lastStable } = facts
  const parts = [
    highWatermark === logStart
      ? `The log is empty at ${formatGrouped(logStart)}`
      : `Log from ${formatGrouped(logStart)} to ${formatGrouped(highWatermark)}`,
  ]
  if (lastStable !== undefined && lastStable < highWatermark) {
    parts.push(`open transactions from ${formatGrouped(lastStable)} on`)
  }
  if (position === null) parts.push('no position')
  else if (position !== undefined) parts.push(`position ${formatGrouped(position)}${whereIs(position, facts)}`)
  if (target === null) parts.push('no new position')
  else if (target !== undefined) {
    parts.push(`new position ${formatGrouped(target)}${whereIs(target, facts)}${effect(position, target)}`)
  }
  if (wanted !== undefined)
    parts.push(`searched from ${formatGrouped(wanted.start)} to before ${formatGrouped(wanted.end)}`)
  if (read !== undefined) {
    const pieces = read.filter(({ start, end }) => end > start)
    const words = pieces.map(({ start, end }) => `${formatGrouped(start)} to before ${formatGrouped(end)}`)
    parts.push(pieces.length === 0 ? 'nothing read yet' : `read from ${words.join(' and from ')}`)
  }
  if (facts.groups !== undefined && facts.groups.length > 0) parts.push(`groups: ${groupsWords(facts.groups)}`)
  if (range !== undefined) parts.push(`range from ${formatGrouped(range.start)} to before ${formatGrouped(range.end)}`)
  return `${parts.join('; ')}.`
}

function whereIs(offset: bigint, { logStart, highWatermark }: SeeklineFacts): string {
  if (offset < logStart) return `, ${formatGrouped(logStart - offset)} before the log start`
  if (offset > highWatermark) return `, ${formatGrouped(offset - highWatermark)} past the high watermark`
  return ''
}

function effect(position: bigint | null | undefined, target: bigint): string {
  if (position === null || position === undefined) return ''
  if (position === target) return ', unchanged'
  return target < position
    ? `, repeats ${formatGrouped(position - target)} offsets`
    : `, skips ${formatGrouped(target - position)} offsets`
}
