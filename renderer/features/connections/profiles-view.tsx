import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { Button } from '../../ui/button.tsx'
import { AlertDialog } from '../../ui/dialog.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { PlusIcon } from '../../ui/icons.ts'
import { Bar, Spacer, View } from '../../ui/layout.tsx'
import { Split } from '../../ui/split-panes.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { SearchField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.tsx'
import { createConnectStore } from '../../shared-views/connection/connect-store.ts'
import { useConnect } from '../../shared-views/connection/connection-strip.tsx'
import { FirstRun } from './first-run.tsx'
import { ProfileEditor } from './profile-editor.tsx'
import { ProfileTable } from './profile-table.tsx'
import { createProfilesStore } from './profiles-store.ts'

/** The saved profiles and the selected one: create, edit, test and connect. */
// oxlint-disable-next-line max-lines-per-function -- the list, the pane beside it and the question before a deletion: this only passes on what each tells the others
export function ProfilesView({ tabId, intent, isActive }: TabViewProps<'profiles'>) {
  const { api, connections, shell } = useServices()
  const [store] = useState(() =>
    createProfilesStore({
      call: api.call,
      entries: () => connections.getState().profiles.value ?? [],
      reload: connections.loadProfiles,
    }),
  )
  const [connectStore] = useState(() => createConnectStore(connections))
  const profiles = useStore(connections, (state) => state.profiles)
  const damaged = useStore(connections, (state) => state.damaged)
  const selected = useStore(store, (state) => state.selected)
  const isNew = useStore(store, (state) => selected !== undefined && state.drafts[selected] !== undefined)
  const [filter, setFilter] = useState('')
  const [deleting, setDeleting] = useState<ProfileEntry>()
  const connect = useConnect(connectStore, true)
  const entries = profiles.value
  const entry = entries?.find(({ profile }) => profile.id === selected)

  useEffect(() => {
    if (intent.profileId !== undefined) store.select(intent.profileId)
  }, [store, intent])
  const hasFile = useStore(shell, (state) => state.file !== undefined)
  useEffect(() => {
    if (!hasFile || entries === undefined) return
    const file = shell.takeFile()
    if (file === undefined) return
    // While there are no profiles, the form of the first one is open already.
    const { selected: at, drafts } = store.getState()
    const isOpen = entries.length === 0 && at !== undefined && drafts[at] !== undefined
    const id = isOpen ? at : store.startNew()
    store.importInto(id, file.text).catch((error: unknown) => {
      // If the import was refused, the empty form is removed and the previous profile is shown again.
      if (!isOpen) {
        store.revert(id)
        store.select(at)
      }
      toast({ text: `${file.name}: ${error instanceof Error ? error.message : String(error)}`, tone: 'warn' })
    })
  }, [hasFile, entries, shell, store])
  useOffer(refreshing, () => void connections.loadProfiles(), isActive)
  useTabStatus(
    tabId,
    useMemo(() => {
      const count = entries?.length ?? 0
      const main = entries === undefined ? '' : count === 1 ? '1 profile' : `${count} profiles`
      return { main: damaged.length === 0 ? main : `${main} · ${damaged.length} set aside as damaged` }
    }, [entries, damaged]),
  )

  if (entries === undefined) {
    return profiles.status === 'failed' ? (
      <ErrorState error={profiles.error} onRetry={() => void connections.loadProfiles()} />
    ) : (
      <StateView kind="loading" title="Reading the profiles…" />
    )
  }
  const damage = damaged.length > 0 && (
    <StateView
      kind="partial"
      title={damaged.length === 1 ? 'One profile file is damaged.' : `${damaged.length} profile files are damaged.`}
    >
      {damaged.join(' ')}
    </StateView>
  )
  if (entries.length === 0) {
    return (
      <View>
        {damage}
        <FirstRun store={store} connectStore={connectStore} />
      </View>
    )
  }
  const isShown = entry !== undefined || isNew
  const close = () => store.select(undefined)
  return (
    <View>
      <Bar label="Profiles">
        <SearchField label="Filter profiles" value={filter} onChange={setFilter} />
        <Spacer />
        <Button onPress={() => store.startNew()}>
          <PlusIcon size={14} aria-hidden="true" />
          New profile
        </Button>
      </Bar>
      {damage}
      <Split
        // The table's width differs with and without the form beside it.
        key={String(isShown)}
        label="Resize the form"
        panes={[
          {
            id: 'list',
            minSize: '220px',
            children: (
              <ProfileTable
                entries={entries}
                store={store}
                filter={filter}
                isNarrow={isShown}
                onConnect={(id) => {
                  store.select(id)
                  void connect(id)
                }}
                onDelete={setDeleting}
              />
            ),
          },
          isShown &&
            selected !== undefined && {
              id: 'form',
              defaultSize: '68%',
              minSize: '420px',
              children: (
                <ProfileEditor
                  key={selected}
                  id={selected as ProfileId}
                  entry={entry}
                  store={store}
                  connectStore={connectStore}
                  onClose={close}
                  onDelete={setDeleting}
                />
              ),
            },
        ]}
      />
      <AlertDialog
        isOpen={deleting !== undefined}
        title={`Delete ${deleting?.profile.name ?? ''}?`}
        action="Delete profile"
        isDanger
        onCancel={() => setDeleting(undefined)}
        onAction={() => {
          if (deleting !== undefined) void store.remove(deleting.profile.id)
          setDeleting(undefined)
        }}
      >
        <p>
          The profile and its stored secrets are deleted here, and its connection is closed. The cluster itself is not
          touched. This cannot be undone.
        </p>
      </AlertDialog>
    </View>
  )
}
