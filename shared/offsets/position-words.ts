import type { GroupType } from '../contract/groups.ts'

/**
 * What a group's places in logs are called. A share group commits nothing: it has a start offset, before which all records are done
 * with, and what is known of single records from there on is kept beside it.
 */
export interface PositionWords {
  one: string
  many: string
  /** What somebody else did with it meanwhile. */
  committed: string
  /** What a row says where nobody can tell; the reason follows. */
  unchecked: string
  /** Whose setting says where it begins without one. */
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
