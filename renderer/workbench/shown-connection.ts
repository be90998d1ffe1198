import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { connectionOf } from './navigation.ts'
import { useConnection, useServices } from './services.ts'

/** The connection of the tab in front, or else the one chosen last: the window's edge shows it. */
export function useShownConnection(): ConnectionState | undefined {
  const { tabs, connections } = useServices()
  const ofTab = useStore(tabs, () => connectionOf(tabs.front()))
  const current = useStore(connections, (state) => state.current)
  return useConnection(ofTab ?? current)
}
