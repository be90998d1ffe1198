import type { app } from '#shared/contract/app.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { SecretStore } from '../storage/secrets.ts'
import type { SettingsStore } from '../storage/settings.ts'

export interface AppDependencies {
  version: string
  dataFolder: string
  secrets: SecretStore
  settings: SettingsStore
}

export function createAppService({ version, dataFolder, secrets, settings }: AppDependencies): ServiceOf<typeof app> {
  return {
    'app.info': () => Promise.resolve({ version, dataFolder, secrets: secrets.box }),
    'settings.get': () => settings.get(),
    'settings.save': (patch) => settings.save(patch),
  }
}
