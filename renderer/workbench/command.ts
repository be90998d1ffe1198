import type { MenuCommand } from '#shared/commands.ts'
import { matchesKeys, type KeyPress } from '#shared/shortcut-keys.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../api/client.ts'
import type { Files } from '../api/files.ts'
import type { Intent, Navigation } from './navigation.ts'
import type { ShellStore } from './shell-store.ts'
import type { TabsStore } from './tabs-store.ts'

/** What a command may use when it runs. */
export interface CommandContext {
  readonly api: Api
  readonly files: Files
  readonly navigation: Navigation
  readonly shell: ShellStore
  readonly tabs: TabsStore
  /** The intent of the tab in front. */
  readonly front: Intent | undefined
  /** The connection that the window shows. */
  readonly connectionId: ConnectionId | undefined
  readonly offered: <T>(subject: Subject<T>) => T | undefined
}

/** Something that only the view in front has, and offers to commands with `useOffer`: its open record, a way to refresh it. */
export interface Subject<T> {
  readonly name: string
  readonly type?: T
}

/**
 * An action of the app, in one piece: its name, its keys, when it is available, what it does. Menus, the palette and the list
 * of shortcuts are built from these.
 */
export interface Command extends Readonly<MenuCommand> {
  /** Other words for it: the palette also finds it by these. */
  readonly words?: string | undefined
  /** Only in the menu and by its key, e.g. the palette itself. */
  readonly isHidden?: boolean | undefined
  readonly when: (at: CommandContext) => boolean
  readonly run: (at: CommandContext) => void
}

type Words = Omit<Command, 'when' | 'run' | 'keys'> & { readonly keys?: readonly string[] }

export function subject<T>(name: string): Subject<T> {
  return { name }
}

/** A command that is always available, or when `when` says so. */
export function command({
  keys = [],
  when = () => true,
  ...rest
}: Words & Pick<Command, 'run'> & Partial<Pick<Command, 'when'>>): Command {
  return { ...rest, keys: [...keys], when }
}

/** A command about the cluster that the window shows. */
export function commandOnCluster({
  run,
  ...words
}: Words & { run: (connectionId: ConnectionId, at: CommandContext) => void }): Command {
  return command({
    ...words,
    when: ({ connectionId }) => connectionId !== undefined,
    run: (at) => at.connectionId !== undefined && run(at.connectionId, at),
  })
}

/** A command about what the view in front offers. */
export function commandOn<T>(
  on: Subject<T>,
  { when = () => true, run, ...words }: Words & { when?: (it: T) => boolean; run: (it: T) => void },
): Command {
  return command({
    ...words,
    when: ({ offered }) => {
      const it = offered(on)
      return it !== undefined && when(it)
    },
    run: ({ offered }) => {
      const it = offered(on)
      if (it !== undefined) run(it)
    },
  })
}

export interface Commands {
  readonly all: readonly Command[]
  /** The last offer wins: the view in front takes precedence over the shell. Returns a function that takes the offer back. */
  offer: <T>(subject: Subject<T>, get: () => T | undefined) => () => void
  can: (command: Command) => boolean
  /** false if it is not available now. */
  run: (command: Command) => boolean
  /** By its id, as the desktop's menu sends it. */
  runById: (id: string) => void
  forKey: (press: KeyPress, isMac: boolean) => Command | undefined
}

export function createCommands(all: readonly Command[], context: () => Omit<CommandContext, 'offered'>): Commands {
  const offers = new Map<unknown, (() => unknown)[]>()
  const stack = (of: unknown): (() => unknown)[] => offers.get(of) ?? []
  const at = (): CommandContext => ({
    ...context(),
    // What is offered for a subject has the subject's type: `offer` requires it.
    offered: <T>(of: Subject<T>) => stack(of).at(-1)?.() as T | undefined,
  })
  const run = (one: Command): boolean => {
    const here = at()
    if (!one.when(here)) return false
    one.run(here)
    return true
  }
  return {
    all,
    offer: (of, get) => {
      offers.set(of, [...stack(of), get])
      return () => {
        const left = stack(of).filter((other) => other !== get)
        offers.set(of, left)
      }
    },
    can: (one) => one.when(at()),
    run,
    runById: (id) => {
      const found = all.find((one) => one.id === id)
      if (found !== undefined) run(found)
    },
    forKey: (press, isMac) => all.find(({ keys }) => keys.some((one) => matchesKeys(one, press, isMac))),
  }
}
