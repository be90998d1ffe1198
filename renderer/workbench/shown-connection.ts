import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { connectionOf } from './navigation.ts'
import { useConnection, useServices } from './services.ts'

/** The connection that the tab in front belongs to, else the one chosen last: what the window's edge shows. */
export function useShownConnection(): ConnectionState | undefined {
  const { tabs, connections } = useServices()
  const ofTab = useStore(tabs, () => connectionOf(tabs.front()))
  const current = useStore(connections, (state) => state.current)
  return useConnection(ofTab ?? current)
}
