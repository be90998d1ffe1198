import { createStore, type StoreApi } from 'zustand/vanilla'
import { Settings, type SettingsPatch } from '#shared/model/settings.ts'

/** Where settings are kept: the app's routes, or memory in tests. */
export interface SettingsPort {
  get: () => Promise<Settings>
  save: (patch: SettingsPatch) => Promise<Settings>
}

export interface SettingsState {
  readonly values: Settings
  readonly isLoaded: boolean
  /** Why the last load or save failed; the current values stay. */
  readonly failure: unknown
}

export interface SettingsStore extends StoreApi<SettingsState> {
  load: () => Promise<void>
  /** Takes effect at once; written after a short pause, many changes together. */
  change: (patch: SettingsPatch) => void
  /** Writes waiting changes now, e.g. before the page closes. */
  flush: () => Promise<void>
}

const REST_MS = 300

export function createSettingsStore(port: SettingsPort, restMs: number = REST_MS): SettingsStore {
  const store = createStore<SettingsState>(() => ({ values: Settings.parse({}), isLoaded: false, failure: undefined }))
  let waiting: SettingsPatch = {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const patch = waiting
    waiting = {}
    if (Object.keys(patch).length === 0) return
    try {
      await port.save(patch)
      store.setState({ failure: undefined })
    } catch (failure) {
      // Kept, so that the next change writes it too; newer values win.
      waiting = { ...patch, ...waiting }
      store.setState({ failure })
    }
  }
  return {
    ...store,
    load: async () => {
      try {
        const values = await port.get()
        // Changes made while loading are newer than the file.
        store.setState({ values: { ...values, ...waiting } as Settings, isLoaded: true, failure: undefined })
      } catch (failure) {
        store.setState({ isLoaded: true, failure })
      }
    },
    change: (patch) => {
      store.setState((state) => ({ values: { ...state.values, ...patch } as Settings }))
      waiting = { ...waiting, ...patch }
      timer ??= setTimeout(() => void flush(), restMs)
    },
    flush,
  }
}

/** Keeps settings as long as the page lives. @internal Outside its file only tests use it. */
export function memorySettings(start: SettingsPatch = {}): SettingsPort {
  let values: Settings = Settings.parse(start)
  return {
    get: () => Promise.resolve(values),
    save: (patch) => {
      values = { ...values, ...patch } as Settings
      return Promise.resolve(values)
    },
  }
}
