import { toErrorValue } from '#shared/errors.ts'

/**
 * Adds what came of a change to its journal. The change is made by then: a full disk must not turn what is known of it into
 * an error that reads as if nothing had been done, so the failure is told in the outcome's own sentence.
 */
export async function recorded<T extends { summary: string }>(outcome: T, write: () => Promise<void>): Promise<T> {
  try {
    await write()
    return outcome
  } catch (error) {
    const { message, hint } = toErrorValue(error)
    const left = `What came of it is missing in the journal, which shows it as interrupted: ${message}.`
    return { ...outcome, summary: [outcome.summary, left, hint].filter((part) => part !== undefined).join(' ') }
  }
}
