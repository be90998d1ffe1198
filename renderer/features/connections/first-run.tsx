import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ConnectStore } from '../../shared-views/connection/connect-store.ts'
import { ProfileEditor } from './profile-editor.tsx'
import type { ProfilesStore } from './profiles-store.ts'
import s from './connections.module.css'

/** Shown while no profile is saved: one screen that leads from a broker's address to its topics. */
export function FirstRun({ store, connectStore }: { store: ProfilesStore; connectStore: ConnectStore }) {
  const selected = useStore(store, (state) => state.selected)
  const hasDraft = useStore(store, (state) => selected !== undefined && state.drafts[selected] !== undefined)
  useEffect(() => {
    if (!hasDraft) store.startNew()
  }, [store, hasDraft])
  return (
    <div className={s.first}>
      <header className={s.firstHead}>
        <h2>Reach your cluster</h2>
        <p>
          One broker’s address is enough to start; paste the settings a client already uses, or fill the form. Looking
          never changes anything: no group is joined, nothing is committed, no topic is created. No cluster at hand?{' '}
          <code>npm run demo</code> starts one on this computer, with sample data.
        </p>
      </header>
      {selected !== undefined && hasDraft && (
        <ProfileEditor
          key={selected}
          id={selected}
          entry={undefined}
          store={store}
          connectStore={connectStore}
          isFirst
        />
      )}
    </div>
  )
}
