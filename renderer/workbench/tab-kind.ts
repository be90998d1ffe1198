import { createElement, use, type ComponentType } from 'react'
import { z } from 'zod'
import type { Intent, IntentKind, TabTargets } from './navigation.ts'
import type { TabViewProps } from './tab-view.ts'

/** A kind of tab, as its feature registers it: its target, its title, and the view that draws it. */
export interface TabKind<K extends IntentKind = IntentKind> {
  readonly kind: K
  /** Also accepts targets that older versions stored. */
  readonly target: z.ZodType<TabTargets[K]>
  readonly title: (target: TabTargets[K]) => string
  /** One tab per thing: two targets that are equal in these fields share a tab. */
  readonly oneFor: readonly (keyof TabTargets[K] & string)[]
  readonly view: TabView<K>
}

/** A view; one in a file of its own can be loaded before it is opened. */
export type TabView<K extends IntentKind = IntentKind> = ComponentType<TabViewProps<K>> & {
  readonly load?: () => Promise<unknown>
}

/** For a list of kinds; each was checked against its own target where it was defined. */
export function tabKind<K extends IntentKind>(kind: TabKind<K>): TabKind {
  return kind as unknown as TabKind
}

/**
 * A view in a file of its own, loaded once the window is drawn or its first tab is opened. Not React's `lazy`: that shows a
 * placeholder for a third of a second even for a file that is loaded already, and what is typed meanwhile is lost.
 */
export function lazyView<K extends IntentKind>(file: () => Promise<ComponentType<TabViewProps<K>>>): TabView<K> {
  let view: ComponentType<TabViewProps<K>> | undefined
  let loading: Promise<ComponentType<TabViewProps<K>>> | undefined
  const load = () =>
    (loading ??= file().then(
      (loaded) => (view = loaded),
      (error: unknown) => {
        loading = undefined
        throw error
      },
    ))
  return Object.assign((props: TabViewProps<K>) => createElement(view ?? use(load()), props), { load })
}

/** Offsets are stored as decimal strings: settings are JSON on disk. */
export const StoredOffset = z.union([z.bigint(), z.string().regex(/^\d{1,19}$/)]).transform((value) => BigInt(value))
export const PartitionNumber = z.int().min(0)
/** Topics, and partitions of each; without partitions all that the topic has. */
export const TargetScope = z.array(
  z.strictObject({ topic: z.string(), partitions: z.array(PartitionNumber).min(1).optional() }),
)

/** All kinds of tabs there are. */
export interface TabKinds {
  /** Opening the same thing again brings its tab to the front with the new target. */
  idOf: (intent: Intent) => string
  titleOf: (intent: Intent) => string
  readonly views: Readonly<Partial<Record<string, TabView>>>
  /** Loads the files of all views, one after the other, so that opening one need not wait. */
  loadViews: () => Promise<void>
  /** `undefined` for a tab of another version that this one does not know. */
  restored: (stored: unknown) => Intent | undefined
}

export function createTabKinds(all: readonly TabKind[]): TabKinds {
  const byKind = new Map<string, TabKind>(all.map((one) => [one.kind, one]))
  return {
    idOf: (intent) => {
      const fields: Readonly<Record<string, unknown>> = { ...intent }
      const names = byKind.get(intent.kind)?.oneFor ?? []
      const parts = names.map((name) => fields[name]).filter((part) => typeof part === 'string')
      return [intent.kind, ...parts].map(encodeURIComponent).join(':')
    },
    titleOf: (intent) => byKind.get(intent.kind)?.title(intent) ?? intent.kind,
    views: Object.fromEntries(all.map(({ kind, view }) => [kind, view])),
    loadViews: async () => {
      for (const { view } of all) await view.load?.()
    },
    restored: (stored) => {
      const { kind, ...target } = z.looseObject({ kind: z.string() }).safeParse(stored).data ?? {}
      const parsed = byKind.get(kind ?? '')?.target.safeParse(target)
      return parsed?.success === true ? ({ kind, ...parsed.data } as Intent) : undefined
    },
  }
}
