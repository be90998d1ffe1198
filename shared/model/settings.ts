import { z } from 'zod'
import { MOST_FIELDS, RowField } from './row-field.ts'

/** For how many topics the chosen columns are remembered. */
export const MOST_COLUMN_TOPICS = 200

/** What the app remembers between starts; nothing here is a secret. Every part has a default, so `{}` is valid. */
export const Settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** `UTC`, `local` or an IANA name. */
  zone: z.string().max(64).default('UTC'),
  sidebarWidth: z.number().min(120).max(800).default(256),
  showInternal: z.boolean().default(false),
  /** Pinned topics by profile id. */
  pins: z.record(z.string(), z.array(z.string()).max(1_000)).default({}),
  /** The layout of tables, by the table's name: widths in pixels of resized columns, and hidden columns. */
  columns: z
    .record(
      z.string().max(64),
      z.strictObject({
        widths: z.record(z.string().max(300), z.number().min(16).max(4_000)),
        hidden: z.array(z.string().max(300)).max(100),
      }),
    )
    .refine((tables) => Object.keys(tables).length <= 100)
    .default({}),
  /** Fields shown as columns of a topic's messages, by `profile id/topic`. */
  fieldColumns: z
    .record(z.string().max(400), z.array(RowField).max(MOST_FIELDS))
    .refine((topics) => Object.keys(topics).length <= MOST_COLUMN_TOPICS)
    .default({}),
  /** Lists of messages start with the newest. */
  newestFirst: z.boolean().default(false),
  /** Open tabs as navigation intents (see renderer/workbench/navigation.ts) and the active one. */
  tabs: z
    .array(z.strictObject({ id: z.string(), intent: z.record(z.string(), z.unknown()) }))
    .max(100)
    .default([]),
  activeTab: z.string().nullable().default(null),
})
export type Settings = z.infer<typeof Settings>

const part = Settings.shape

/**
 * A change of some parts. Not `Settings.partial()`: zod fills in defaults even for absent optional fields, which would reset
 * them.
 */
export const SettingsPatch = z.strictObject({
  theme: part.theme.removeDefault().optional(),
  zone: part.zone.removeDefault().optional(),
  sidebarWidth: part.sidebarWidth.removeDefault().optional(),
  showInternal: part.showInternal.removeDefault().optional(),
  pins: part.pins.removeDefault().optional(),
  columns: part.columns.removeDefault().optional(),
  fieldColumns: part.fieldColumns.removeDefault().optional(),
  newestFirst: part.newestFirst.removeDefault().optional(),
  tabs: part.tabs.removeDefault().optional(),
  activeTab: part.activeTab.removeDefault().optional(),
})
export type SettingsPatch = z.infer<typeof SettingsPatch>
