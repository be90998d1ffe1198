import type { GroupType } from '../contract/groups.ts'

/**
 * The words for a group's positions. A share group commits nothing: it has a start offset, before which all records are
 * processed, and the state of single records after it is stored separately.
 */
export interface PositionWords {
  one: string
  many: string
  /** What somebody else did to it in the meantime. */
  committed: string
  /** What a row says if it is not known; the reason follows. */
  unchecked: string
  /** Which setting decides where it starts without a position. */
  reset: string
}

const committed: PositionWords = {
  one: 'position',
  many: 'positions',
  committed: 'committed',
  unchecked: 'Whether somebody committed between our last look and our commit was not checked',
  reset: 'the client’s auto.offset.reset',
}
const start: PositionWords = {
  one: 'start offset',
  many: 'start offsets',
  committed: 'set',
  unchecked: 'Whether somebody else set it between our last look and our write was not checked',
  reset: 'the group’s share.auto.offset.reset',
}

export function positionWords(type: GroupType): PositionWords {
  return type === 'share' ? start : committed
}
