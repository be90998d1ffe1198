import { z } from 'zod'
import { Settings, SettingsPatch } from '../model/settings.ts'
import { Empty } from './common.ts'
import { route } from './define.ts'

export const app = {
  'app.info': route({
    input: Empty,
    output: z.strictObject({
      version: z.string(),
      dataFolder: z.string(),
      /** Where secrets are kept: the system's keychain, or this run's memory with the reason. */
      secrets: z.strictObject({ kind: z.enum(['keychain', 'memory']), sentence: z.string() }),
    }),
    effect: 'read',
  }),
  'settings.get': route({ input: Empty, output: Settings, effect: 'read' }),
  /** Replaces the named parts; the rest stays. */
  'settings.save': route({ input: SettingsPatch, output: Settings, effect: 'local' }),
}
