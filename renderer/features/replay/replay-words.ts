import type { ErrorValue } from '#shared/errors.ts'

/** What is known of a replay that ended without a receipt. */
export function howFar({ code, details }: ErrorValue): { title: string; children: string } {
  const isRefused =
    code.startsWith('access.') || code.startsWith('plan.') || code === 'call.invalid' || code === 'connect.closed'
  if (isRefused) return { title: 'Nothing was written.', children: 'The replay was refused before it started.' }
  if (details?.['nothingCopied'] === true) {
    const isOpen = details['sent'] === true
    return isOpen
      ? { title: 'No record was copied.', children: 'Whether the topic was created is not known: its answer was lost. Look at the target’s topics.' } // oxfmt-ignore
      : { title: 'No record was copied.', children: 'It ended before the first one was sent. A receipt says so.' }
  }
  return {
    title: 'How far it came is not known here.',
    children: 'The journal lists what was settled before it ended, once the app has written it down.',
  }
}
