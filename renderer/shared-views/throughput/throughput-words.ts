import { formatBytes, formatGrouped, formatRate } from '../../ui/format.ts'
import type { GainLook } from './throughput-model.ts'
import type { Throughput } from './use-throughput.ts'

/** Used where it is said nearby that offsets are counted. */
export const offsetsRate = (perSecond: number): string => formatRate(perSecond, 'offsets').replace(' offsets', '')
export const bytesRate = (perSecond: number): string => `${formatBytes(Math.round(perSecond))}/s`

const atLeast = (isAtLeast: boolean, words: string): string => (isAtLeast ? `≥ ${words}` : words)

export const offsetsTold = ({ offsets, isOffsetsAtLeast }: GainLook): string =>
  offsets === null ? '–' : atLeast(isOffsetsAtLeast, offsetsRate(offsets))
export const bytesTold = ({ bytes, isBytesAtLeast }: GainLook): string =>
  bytes == null ? '–' : atLeast(isBytesAtLeast, bytesRate(bytes))

/** The content of the chart in words, for screen readers. */
export function gainWords(looks: readonly GainLook[]): string {
  const offsets = looks.flatMap((look) => (look.offsets === null ? [] : [look.offsets]))
  const bytes = looks.flatMap((look) => (look.bytes == null ? [] : [look.bytes]))
  const [last, grew] = [offsets.at(-1), bytes.at(-1)]
  if (last === undefined) return 'nothing is known'
  const most = offsets.reduce((a, b) => Math.max(a, b), 0)
  const size = grew === undefined ? '' : `; logs grew by ${bytesRate(grew)} lately`
  return `${offsetsRate(last)} offsets lately, ${offsetsRate(most)} at most${size}`
}

/** The state of sampling, and what is missing. */
export function lookingWords(state: Throughput['state']): string {
  if (state === undefined) return ''
  if (state.error !== null) return state.error.message
  const sizes = state.sizes === null ? '' : `Sizes are not told: ${state.sizes.message} `
  const left = state.leftOut === 0 ? '' : `${formatGrouped(state.leftOut)} topics are left out: together they have too many partitions. ` // oxfmt-ignore
  return `${sizes}${left}Read every ${formatGrouped(Math.round(state.everyMs / 1000))} s while this is open`
}
