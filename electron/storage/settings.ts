import { join } from 'node:path'
import { Settings, type SettingsPatch } from '#shared/model/settings.ts'
import { z } from 'zod'
import { jsonFile } from './json-file.ts'

export interface SettingsFile {
  get(): Promise<Settings>
  /** Replaces the named parts; changes of other parts by another process are kept. */
  save(patch: SettingsPatch): Promise<Settings>
}

/** Settings are a convenience, not data: an invalid part falls back to its default, and the others stay. */
export function createSettingsFile(folder: string): SettingsFile {
  const file = jsonFile({
    path: join(folder, 'settings.json'),
    kind: 'seekline.settings',
    version: 1,
    schema: z.unknown().transform(tolerant),
    backup: true,
  })
  return {
    get: async () => (await file.read()) ?? Settings.parse({}),
    save: (patch) => file.update((current) => Settings.parse({ ...current, ...patch })),
  }
}

function tolerant(data: unknown): Settings {
  const given: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const sound: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(Settings.shape)) {
    const parsed = schema.safeParse(given[name])
    if (parsed.success) sound[name] = parsed.data
  }
  return Settings.parse(sound)
}
