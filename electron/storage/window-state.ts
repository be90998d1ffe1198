import { join } from 'node:path'
import { z } from 'zod'
import { Settings } from '#shared/model/settings.ts'
import { jsonFile } from './json-file.ts'

const Bounds = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
})
export type Bounds = z.infer<typeof Bounds>

/** The state of one window when it was last used. */
export const WindowState = z.strictObject({
  /** Its bounds when neither maximised nor full-screen; null until it was placed once. */
  bounds: Bounds.nullable().default(null),
  isMaximized: z.boolean().default(false),
  isFullScreen: z.boolean().default(false),
  zoom: z.number().min(0.5).max(3).default(1),
  /** null: it never had tabs of its own, and starts with those in the settings. */
  tabs: Settings.shape.tabs.unwrap().nullable().default(null),
  activeTab: z.string().nullable().default(null),
})
export type WindowState = z.infer<typeof WindowState>

export interface WindowStateStore {
  /** The windows that were open when the app was last quit; none if nothing can be read. */
  load(): Promise<WindowState[]>
  save(states: readonly WindowState[]): Promise<void>
}

/** Places and tabs of the desktop's windows: a convenience, so invalid parts are dropped and the rest is kept. */
export function createWindowStateStore(folder: string): WindowStateStore {
  const file = jsonFile({
    path: join(folder, 'windows.json'),
    kind: 'seekline.windows',
    version: 1,
    schema: z.array(z.unknown()).transform(sound),
    backup: false,
  })
  return {
    load: async () => (await file.read().catch(() => null)) ?? [],
    save: async (states) => void (await file.update(() => [...states])),
  }
}

/** More windows than this are not restored. */
const most = 20

function sound(given: unknown[]): WindowState[] {
  return given.slice(0, most).flatMap((one) => {
    const parsed = WindowState.safeParse(one)
    return parsed.success ? [parsed.data] : []
  })
}
