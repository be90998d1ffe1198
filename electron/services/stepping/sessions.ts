import { SeeklineError } from '#shared/errors.ts'
import type { Channel } from '../../kafka/cluster.ts'
import type { StepSession } from './session.ts'

/** Each has a socket of its own at its coordinator. */
const MOST = 8
/** How long leaving may take when the connection is closed; after that the members' sessions time out. */
const LEAVING_MS = 4_000

/** The memberships that are open on one connection. */
export class StepSessions {
  readonly #open = new Map<string, { session: StepSession; over: Promise<unknown> }>()
  readonly #channels = new Set<number>()

  /** Runs a session, which is known by its id until `over` settles. */
  async run<T>(make: (channel: Channel) => StepSession, over: (session: StepSession) => Promise<T>): Promise<T> {
    const number = Array.from({ length: MOST }, (_, i) => i + 1).find((one) => !this.#channels.has(one))
    if (number === undefined) {
      throw new SeeklineError('call.invalid', `Seekline is a member of ${MOST} groups on this cluster already.`, {
        hint: 'Leave one of them first.',
      })
    }
    this.#channels.add(number)
    const session = make(`member ${number}`)
    const running = over(session)
    this.#open.set(session.id, { session, over: running })
    try {
      return await running
    } finally {
      this.#open.delete(session.id)
      this.#channels.delete(number)
    }
  }

  /** Throws if no such session is open. */
  require(id: string): StepSession {
    const found = this.#open.get(id)
    if (found !== undefined) return found.session
    throw new SeeklineError('call.invalid', 'There is no such session.', { hint: 'It has ended. Join again.' })
  }

  get size(): number {
    return this.#open.size
  }

  /** All leave; settles when they have, or after a few seconds. */
  async leaveAll(): Promise<void> {
    const all = [...this.#open.values()]
    const left = Promise.all(
      all.map(async ({ session, over }) => {
        await session.leaveNow()
        await over.catch(() => undefined)
      }),
    )
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LEAVING_MS)))
    await Promise.race([left, late])
    clearTimeout(timer)
  }
}
