import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ShareState, ShareStretch } from '#shared/model/share-state.ts'
import { formatGrouped } from '../../ui/format.ts'
import { count } from './group-words.ts'
import { MOST_PARTITIONS, type ShareStates } from './share-state-store.ts'
import type { CellWords } from './unread-words.ts'

type Known = Extract<ShareState, { kind: 'known' }>

/** `60–118`: the offsets in flight, as far as they are stored. */
export function inFlightWords(state: ShareState | undefined): CellWords | null {
  if (state === undefined || state.kind === 'none') return null
  if (state.kind === 'unknown') return { text: 'not known', title: state.why, tone: 'faint' }
  const { startOffset, end, unwritten } = state
  if (end <= startOffset) return { text: 'none', title: 'No record after the start offset has a stored state.', tone: 'faint' } // oxfmt-ignore
  const rest = unwritten === 0n ? '' : `\n${formatGrouped(unwritten)} of these offsets have none: they are acquired now, or not delivered yet.` // oxfmt-ignore
  return {
    text: `${formatGrouped(startOffset)}–${formatGrouped(end - 1n)}`,
    title: `From the start offset to the last offset that has a state in __share_group_state.${rest}`,
  }
}

/** How many offsets are in that state; null: not known. */
export function inState(
  state: ShareState | undefined,
  which: 'acknowledged' | 'archived' | 'available',
): bigint | null {
  return state?.kind === 'known' ? state[which] : null
}

export const isInFlight = (state: ShareState | undefined): state is Known =>
  state?.kind === 'known' && state.end > state.startOffset

/** What happens next to a record in that state. */
export function stretchWords({ state, deliveries }: ShareStretch): string {
  switch (state) {
    case 'acknowledged':
      return 'Processed; the start offset moves past it once all records before it are processed.'
    case 'archived':
      return 'Rejected, delivered too often, or deleted: it is not delivered again.'
    case 'available':
      return deliveries === 0 ? 'Not delivered yet.' : 'Released, or its lock timed out: it will be delivered again.'
    case 'acquired':
      return 'Delivered, and not acknowledged yet.'
    case 'archiving':
      return 'About to be archived.'
    case 'unknown':
      return 'In a state that is newer than this version of Seekline.'
  }
}

/** What the table shows: if there are very many partitions, or very many ranges in one, only the first. */
export function inFlightTitle(shown: number, positions: readonly GroupPosition[], states: ShareStates): string {
  const all = [...states.values()].reduce((sum, one) => (one.kind === 'known' ? sum + one.more : sum), shown)
  const stretches = all > shown ? `The first ${formatGrouped(shown)} of ${count(all, 'stretch', 'stretches')}` : count(all, 'stretch', 'stretches') // oxfmt-ignore
  const asked = positions.filter(({ topicId }) => topicId !== null).length
  const of = asked > MOST_PARTITIONS ? ` of the first ${count(MOST_PARTITIONS, 'partition')}` : ''
  return `${stretches} of records in flight${of}, as written in __share_group_state`
}

/** Why it is not known what is in flight; undefined: it is known of some. */
export function whyNoneKnown(states: Iterable<ShareState>): string | undefined {
  let why: string | undefined
  for (const state of states) {
    if (state.kind !== 'unknown') return undefined
    why ??= state.why
  }
  return why
}
