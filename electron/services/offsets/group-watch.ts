import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { GroupType } from '#shared/contract/groups.ts'
import { backOff } from '../../kafka/back-off.ts'
import type { GroupFacts, GroupsPort } from '../groups/group-port.ts'

export type WatchedGroup = { facts: GroupFacts } | { error: ErrorValue }

/**
 * How often a group is checked that should become empty: one request for all of them, which costs their coordinators a few
 * milliseconds. A group that stays empty for twice as long is noticed for certain.
 */
export const LOOK_EVERY_MS = 250
/** The longest pause after failed requests: the most that we add to the wait for a broker that comes back. */
const MOST_MS = 5_000

interface Follower {
  readonly group: string
  readonly type: GroupType
  readonly take: (look: WatchedGroup) => void
}

/** Watches groups of one connection, all together, while anybody follows one. */
export class GroupWatch {
  readonly #port: () => Pick<GroupsPort, 'factsOf'> | Promise<Pick<GroupsPort, 'factsOf'>>
  readonly #everyMs: number
  readonly #followers = new Set<Follower>()
  #isRunning = false

  /** `port` is called before each request: the connection may have been closed, and opened again. */
  constructor(port: () => Pick<GroupsPort, 'factsOf'> | Promise<Pick<GroupsPort, 'factsOf'>>, everyMs = LOOK_EVERY_MS) {
    this.#port = port
    this.#everyMs = everyMs
  }

  /** Returns a function that stops following. */
  follow(group: string, type: GroupType, take: (look: WatchedGroup) => void): () => void {
    const follower = { group, type, take }
    this.#followers.add(follower)
    if (!this.#isRunning) void this.#run()
    return () => void this.#followers.delete(follower)
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    let failed = 0
    while (this.#followers.size > 0) {
      failed = (await this.#look()) ? 0 : failed + 1
      if (this.#followers.size === 0) break
      const pause = failed === 0 ? this.#everyMs : backOff(failed - 1, this.#everyMs, Math.max(MOST_MS, this.#everyMs))
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    this.#isRunning = false
  }

  /** false: nothing was learnt about any group. */
  async #look(): Promise<boolean> {
    const followers = [...this.#followers]
    const types = new Map(followers.map(({ group, type }) => [group, type]))
    const looks = await this.#ask([...types.keys()], types)
    for (const follower of followers) {
      if (this.#followers.has(follower)) follower.take(looks(follower.group))
    }
    return followers.some(({ group }) => 'facts' in looks(group))
  }

  async #ask(groups: string[], types: Map<string, GroupType>): Promise<(group: string) => WatchedGroup> {
    try {
      const found = await (await this.#port()).factsOf(groups, new AbortController().signal, types)
      return (group) => {
        const one = found.get(group)
        if (one === undefined) return { error: NOT_TOLD }
        return 'error' in one ? one : { facts: one.value }
      }
    } catch (error) {
      return () => ({ error: toErrorValue(error) })
    }
  }
}

const NOT_TOLD = toErrorValue(
  new SeeklineError('kafka.refused', 'The group’s coordinator left it out of its answer.', { retryable: true }),
)
