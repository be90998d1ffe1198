import { profileFile } from '#shared/model/profile-file.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { Files } from '../../api/files.ts'
import { saveFile } from '../../workbench/save-file.ts'

/** Saves a profile as a file for a colleague. It cannot contain secrets, because they never reach the page. */
export function exportProfile(files: Files, profile: Profile): void {
  const { name, text } = profileFile(profile)
  saveFile(files, { name, content: text, type: 'application/json' }, (saved) => `Saved ${saved}, without secrets.`)
}
