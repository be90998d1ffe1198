import { profileFile } from '#shared/model/profile-file.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Files } from '../../api/files.ts'
import { saveFile } from '../../app/save-file.ts'

/** Saves a profile for a colleague. Secrets cannot be in it: they never reach the page. */
export function exportProfile(files: Files, profile: Profile): void {
  const file = { ...profileFile(profile), type: 'application/json' }
  saveFile(files, file, (saved) => `Saved ${saved}, without secrets.`)
}
