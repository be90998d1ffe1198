import type { AccessMode } from '#shared/model/profile.ts'

/** What each access mode permits, in a sentence. */
export const accessWords: Record<AccessMode, string> = {
  'read-only': 'Nothing can be written: every write is stopped before it leaves this computer.',
  guarded: 'Every write asks for the profile’s name.',
  full: 'Writes need no name typed.',
}
