import type { CommandId } from '#shared/commands.ts'

export type Handler = () => void

/** Who carries a command out. The last to register wins, so that the view in front takes `view.refresh` from the shell. */
export interface Handlers {
  on: (id: CommandId, handler: Handler) => () => void
  run: (id: CommandId) => boolean
  has: (id: CommandId) => boolean
}

export function createHandlers(): Handlers {
  const stacks = new Map<CommandId, Handler[]>()
  const stack = (id: CommandId): Handler[] => stacks.get(id) ?? []
  return {
    on: (id, handler) => {
      stacks.set(id, [...stack(id), handler])
      return () =>
        void stacks.set(
          id,
          stack(id).filter((other) => other !== handler),
        )
    },
    run: (id) => {
      const handler = stack(id).at(-1)
      handler?.()
      return handler !== undefined
    },
    has: (id) => stack(id).length > 0,
  }
}
