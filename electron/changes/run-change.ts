import os from 'node:os'
import type { ChangeKind, IntendedOf, ResultOf } from '#shared/contract/journal.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Change } from './change.ts'

/** The write-ahead side of a change: an intent is on disk (fsync) before its id is known. */
export interface ChangeJournal {
  intent(intent: IntendedOf<ChangeKind>): Promise<string>
  result<K extends ChangeKind>(id: string, kind: K, result: ResultOf<K>): Promise<void>
}

const user = systemUser()

export interface ChangeContext {
  journal: ChangeJournal
  /** The profile that it is made through. */
  profile: { id: string; name: string }
  signal: AbortSignal
}

/**
 * The steps of every change: is it still the same cluster? → read again → as the plan saw it? → intent to the journal → act →
 * read back → result to the journal. `id` is null if nothing was written, and so nothing was journalled.
 */
export async function runChange<K extends ChangeKind, Seen, Acted>(
  change: Change<K, Seen, Acted>,
  { journal, profile, signal }: ChangeContext,
): Promise<{ id: string | null; result: ResultOf<K> }> {
  for (const { what, planned, now } of change.identity) {
    if (planned === now) continue
    throw new SeeklineError('plan.stale', `The plan was made with another ${what} than the one that answers now.`, {
      hint: 'Make the plan again.',
    })
  }
  const seen = await change.look(signal)
  const differing = change.differs(seen)
  if (differing !== null) return { id: null, result: differing }
  const intent = {
    ...change.intent(seen),
    profileId: profile.id,
    profileName: profile.name,
    ...(user === null ? {} : { user }),
  } as unknown as IntendedOf<ChangeKind>
  const [id] = await Promise.all([intended(journal, intent), change.meanwhile?.(seen)])
  const { kind } = change
  let result: ResultOf<K>
  try {
    result = await change.readBack(await change.act(seen, id), seen, id)
  } catch (error) {
    // The caller is told why the change failed, not that the disk is full as well.
    await journal.result(id, kind, change.failed(error, seen, id)).catch(() => undefined)
    throw error
  }
  return { id, result: await recorded(result, () => journal.result(id, kind, result)) }
}

async function intended(journal: ChangeJournal, intent: IntendedOf<ChangeKind>): Promise<string> {
  try {
    return await journal.intent(intent)
  } catch (error) {
    const { code, message, hint, retryable } = toErrorValue(error)
    const options = { retryable, cause: error, ...(hint === undefined ? {} : { hint }) }
    throw new SeeklineError(code, `${message}. Nothing was changed: without its journal no change is made.`, options)
  }
}

/**
 * The change is made by then: a full disk must not turn its known outcome into an error that reads as if nothing had been done,
 * so that failure is added to the outcome's own sentence.
 */
async function recorded<T extends { summary: string }>(outcome: T, write: () => Promise<void>): Promise<T> {
  try {
    await write()
    return outcome
  } catch (error) {
    const { message, hint } = toErrorValue(error)
    const left = `What came of it is missing in the journal, which shows it as interrupted: ${message}.`
    return { ...outcome, summary: [outcome.summary, left, hint].filter((part) => part !== undefined).join(' ') }
  }
}

/** null: the system has no name for the current user, as in some containers. */
function systemUser(): string | null {
  try {
    return os.userInfo().username
  } catch {
    return null
  }
}
