import type { WindowTabs } from '../services/app.ts'
import type { Windows } from './windows.ts'

/** Each window has tabs of its own; the settings hold those of a browser, and initially those of the first window. */
export function windowTabs(windows: Pick<Windows, 'byCaller'>): WindowTabs {
  return {
    of: (caller) => {
      const state = windows.byCaller(caller)?.state
      return state === undefined || state.tabs === null ? undefined : { tabs: state.tabs, activeTab: state.activeTab }
    },
    keep: (caller, change) => {
      const opened = windows.byCaller(caller)
      opened?.keep(change)
      return opened !== undefined
    },
  }
}
