import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { clusterWords } from './cluster-words.ts'
import { useServices } from '../workbench/services.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'
import s from './app.module.css'

export function StatusBar() {
  const { tabs, statuses } = useServices()
  const active = useStore(tabs, (state) => state.active)
  const status = useStore(statuses, (all) => (active === undefined ? undefined : all[active]))
  const shown = useShownConnection()
  const link = useLink()
  const main = link ?? status?.main ?? (shown === undefined ? 'Not connected' : '')
  return (
    <footer className={s.status}>
      <div className={s.statusMain} role="status" title={typeof main === 'string' ? main : undefined}>
        {main}
      </div>
      {status?.aside}
      {shown !== undefined && (
        <span title={shown.reason?.message} data-tone={shown.status === 'connected' ? undefined : 'warn'}>
          {clusterWords(shown)}
        </span>
      )}
    </footer>
  )
}

/** A broken connection to the app itself takes precedence over a view's status. */
function useLink(): string | undefined {
  const { link } = useServices()
  const state = useSyncExternalStore(link.subscribe, link.get)
  switch (state.status) {
    case 'connecting':
      return 'Connecting to Seekline…'
    case 'reconnecting':
      return 'Seekline does not answer; trying again. What is shown may be old.'
    case 'connected':
    // In the other cases the app shows nothing else.
    case 'refused':
    case 'ended':
    case 'stranger':
      return undefined
  }
}
