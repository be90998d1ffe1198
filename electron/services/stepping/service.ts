import type { ServiceOf, StreamSink } from '#shared/contract/define.ts'
import type { StepEvent, stepping } from '#shared/contract/stepping.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { runChange, type ChangeJournal } from '../../changes/run-change.ts'
import { steppingChange } from './change.ts'
import { planStepping } from './plan.ts'
import { StepSession, type SteppingAccess } from './session.ts'
import type { StepSessions } from './sessions.ts'

export interface SteppingDependencies {
  accessOf(connectionId: ConnectionId): SteppingAccess & { sessions: StepSessions }
  profileOf(connectionId: ConnectionId): { id: string; name: string }
  journal: ChangeJournal
  /** After how long without a step a member leaves; shorter in tests. */
  idleMs?: number | undefined
}

/** How many events may wait for a slow page; beyond that the session ends, because it could not be shown completely. */
const MOST_WAITING = 5_000
const FRAME_EVENTS = 200

/** Being a member of a group, step by step. */
export function createSteppingService({
  accessOf,
  profileOf,
  journal,
  idleMs,
}: SteppingDependencies): ServiceOf<typeof stepping> {
  return {
    'stepping.plan': (spec, { signal }) => planStepping(accessOf(spec.connectionId), spec, signal),

    'stepping.run': async ({ connectionId, plan }, sink, { signal }) => {
      if (plan.spec.connectionId !== connectionId) {
        throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
      }
      const access = accessOf(connectionId)
      const profile = profileOf(connectionId)
      const stalled = new AbortController()
      const until = AbortSignal.any([signal, stalled.signal])
      const teller = new Teller(sink, () => stalled.abort())
      return await access.sessions.run(
        (channel) => new StepSession({ plan, access, channel, tell: (event) => teller.tell(event), idleMs }),
        async (session) => {
          const change = steppingChange(plan, session, access, until)
          const { result } = await runChange(change, { journal, profile, signal: until })
          // The reader is gone.
          if (!until.aborted) await teller.told()
          return result
        },
      )
    },

    'stepping.step': ({ connectionId, session, step }, { signal }) =>
      accessOf(connectionId).sessions.require(session).step(step, signal),
  }
}

/** Sends events as the page takes them. */
class Teller {
  readonly #sink: Pick<StreamSink<(typeof stepping)['stepping.run']>, 'batch'>
  readonly #onStalled: () => void
  #waiting: StepEvent[] = []
  #telling: Promise<void> | null = null

  constructor(sink: Pick<StreamSink<(typeof stepping)['stepping.run']>, 'batch'>, onStalled: () => void) {
    this.#sink = sink
    this.#onStalled = onStalled
  }

  tell(event: StepEvent): void {
    if (this.#waiting.length >= MOST_WAITING) return this.#onStalled()
    this.#waiting.push(event)
    this.#telling ??= this.#send().finally(() => {
      this.#telling = null
    })
  }

  async told(): Promise<void> {
    await this.#telling
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, FRAME_EVENTS)
      // A page that is gone takes nothing; the session ends by its signal.
      await this.#sink.batch(some).catch(() => undefined)
    }
  }
}
