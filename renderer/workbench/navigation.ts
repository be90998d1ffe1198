import type { ConnectionId } from '#shared/model/ids.ts'

/**
 * The targets of tabs, by kind: everything a view needs to open, nothing of what it then shows. Each view adds its own in its
 * own file (`declare module`, see `tab-kind.ts`), so that every feature can open it without importing another.
 */
export interface TabTargets {}

export type IntentKind = keyof TabTargets
/** A target with the kind of its tab. */
export type IntentOf<K extends IntentKind> = { [Kind in K]: { kind: Kind } & TabTargets[Kind] }[K]
export type Intent = IntentOf<IntentKind>

export function connectionOf(intent: Intent | undefined): ConnectionId | undefined {
  return intent !== undefined && 'connectionId' in intent ? intent.connectionId : undefined
}

/** As the settings store it: JSON only. */
export function storedIntent(intent: Intent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(intent).map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]),
  )
}

/** How features open each other's views without importing each other. */
export interface Navigation {
  open: (intent: Intent) => void
}
