import { useEffect, useEffectEvent } from 'react'
import type { CommandId } from '#shared/commands.ts'
import type { Handler } from './command-handlers.ts'
import { useServices } from './services.ts'

/** Carries a command out while mounted and, for a view in a tab, while its tab is in front. */
export function useCommand(id: CommandId, handler: Handler, isActive: boolean = true): void {
  const { handlers } = useServices()
  const run = useEffectEvent(handler)
  useEffect(() => (isActive ? handlers.on(id, () => run()) : undefined), [handlers, id, isActive])
}
