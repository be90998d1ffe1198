import type { MenuCommand } from '#shared/commands.ts'
import { matchesKeys, type KeyPress } from '#shared/shortcut-keys.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Api } from '../api/client.ts'
import type { Files } from '../api/files.ts'
import type { Intent, Navigation } from './navigation.ts'
import type { ShellStore } from './shell-store.ts'
import type { TabsStore } from './tabs-store.ts'

/** What a command finds as it is asked for. */
export interface CommandContext {
  readonly api: Api
  readonly files: Files
  readonly navigation: Navigation
  readonly shell: ShellStore
  readonly tabs: TabsStore
  /** Where the tab in front points. */
  readonly front: Intent | undefined
  /** The connection that the window shows. */
  readonly connectionId: ConnectionId | undefined
  readonly offered: <T>(subject: Subject<T>) => T | undefined
}

/** Something only a view in front has, and offers to commands by `useOffer`: its open record, a way to read it again. */
export interface Subject<T> {
  readonly name: string
  readonly type?: T
}

/**
 * What a person can ask for, in one piece: how it is called, by which keys, when it can be done, what it does. Menu, palette
 * and the list of shortcuts are made of these.
 */
export interface Command extends Readonly<MenuCommand> {
  /** What else people call it: the palette finds it by these words, too. */
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

/** A command that can be done anywhere, or `when` it says. */
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
  /** The last to offer wins: the view in front stands before the shell. Returns how to take it back. */
  offer: <T>(subject: Subject<T>, get: () => T | undefined) => () => void
  can: (command: Command) => boolean
  /** false where it cannot be done as things are. */
  run: (command: Command) => boolean
  /** By its id, as the desktop's menu says it. */
  runById: (id: string) => void
  forKey: (press: KeyPress, isMac: boolean) => Command | undefined
}

export function createCommands(all: readonly Command[], context: () => Omit<CommandContext, 'offered'>): Commands {
  const offers = new Map<unknown, (() => unknown)[]>()
  const stack = (of: unknown): (() => unknown)[] => offers.get(of) ?? []
  const at = (): CommandContext => ({
    ...context(),
    // What is offered for a subject has its type: `offer` says so.
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
