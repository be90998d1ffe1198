import type { app } from '#shared/contract/app.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { Settings, SettingsPatch } from '#shared/model/settings.ts'
import type { SecretStore } from '../storage/secrets.ts'
import type { SettingsFile } from '../storage/settings.ts'

type Tabs = Pick<Settings, 'tabs' | 'activeTab'>

/** The tabs of each window: several windows share the settings, but each has its own tabs. */
export interface WindowTabs {
  /** undefined: it has none of its own yet. */
  of(caller: string): Tabs | undefined
  /** false: there is no such window. */
  keep(caller: string, change: Partial<Tabs>): boolean
}

export interface AppDependencies {
  version: string
  dataFolder: string
  secrets: SecretStore
  settings: SettingsFile
  windowTabs?: WindowTabs | undefined
  onSettings?: ((settings: Settings) => void) | undefined
}

export function createAppService(dependencies: AppDependencies): ServiceOf<typeof app> {
  const { version, dataFolder, secrets, settings, windowTabs, onSettings } = dependencies
  const withOwnTabs = (all: Settings, caller: string | undefined): Settings => ({
    ...all,
    ...(caller === undefined ? undefined : windowTabs?.of(caller)),
  })
  return {
    'app.info': () => Promise.resolve({ version, dataFolder, secrets: secrets.box }),
    'settings.get': async (_, { caller }) => withOwnTabs(await settings.get(), caller),
    'settings.save': async (patch, { caller }) => {
      const { tabs, activeTab, ...shared } = patch
      const isOwn = caller !== undefined && windowTabs?.keep(caller, definedOf({ tabs, activeTab })) === true
      const change: SettingsPatch = isOwn ? shared : patch
      const saved = Object.keys(change).length === 0 ? await settings.get() : await settings.save(change)
      onSettings?.(saved)
      return withOwnTabs(saved, caller)
    },
  }
}

function definedOf({ tabs, activeTab }: Pick<SettingsPatch, 'tabs' | 'activeTab'>): Partial<Tabs> {
  return { ...(tabs === undefined ? {} : { tabs }), ...(activeTab === undefined ? {} : { activeTab }) }
}
