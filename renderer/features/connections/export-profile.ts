import { profileFile } from '#shared/model/profile-file.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Files } from '../../api/files.ts'
import { toast } from '../../ui/toast.tsx'

/** Saves a profile for a colleague. Secrets cannot be in it: they never reach the page. */
export function exportProfile(files: Files, profile: Profile): void {
  const { name, text } = profileFile(profile)
  files.save(name, text, 'application/json').then(
    (saved) => saved !== null && toast(`Saved ${saved}, without secrets.`),
    (error: unknown) => toast({ text: error instanceof Error ? error.message : String(error), tone: 'warn' }),
  )
}
