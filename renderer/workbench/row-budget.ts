/** What all lists of rows together may keep in memory, however many tabs are open. */
export const ROW_BUDGET = 256 * 1024 * 1024

/** A list of rows that can be read again. */
export interface RowHolder {
  readonly bytes: number
  /** Asks the list to free this many bytes; it frees what it can. */
  giveUp: (bytes: number) => void
}

export interface HeldBudget {
  /** It is visible: of all lists it is the last to be asked. */
  shown: () => void
  /** It has grown. */
  grew: () => void
  release: () => void
}

export interface RowBudget {
  hold: (holder: RowHolder) => HeldBudget
  readonly bytes: number
}

/** Frees a little more than necessary, or each new row would ask all lists again. */
const SLACK = 1 / 32

/** One memory budget for the rows of all tabs: the lists that were visible longest ago free theirs first. */
export function createRowBudget(limit: number = ROW_BUDGET): RowBudget {
  /** The one shown last is at the end. */
  let holders: readonly RowHolder[] = []
  const sum = (): number => holders.reduce((all, holder) => all + holder.bytes, 0)
  return {
    hold: (holder) => {
      const leave = (): void => void (holders = holders.filter((one) => one !== holder))
      holders = [...holders, holder]
      return {
        shown: () => {
          leave()
          holders = [...holders, holder]
        },
        grew: () => {
          let over = sum() - limit
          if (over <= 0) return
          over += limit * SLACK
          for (const one of holders) {
            const before = one.bytes
            one.giveUp(Math.min(over, before))
            over -= before - one.bytes
            if (over <= 0) return
          }
        },
        release: leave,
      }
    },
    get bytes() {
      return sum()
    },
  }
}
