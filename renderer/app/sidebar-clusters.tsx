import { useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { Button } from '../ui/button.tsx'
import type { MenuEntry } from '../ui/menu.tsx'
import { toastFailure } from '../ui/toast.tsx'
import { Tree, treeRows, type TreeRow } from '../ui/tree.tsx'
import { colourOf } from '../workbench/profile-colour.ts'
import { useOpenProfile } from '../workbench/open-profile.ts'
import { useServices } from '../workbench/services.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'
import s from './app.module.css'

const children = [
  ['cluster', 'Overview'],
  ['topics', 'All topics'],
  ['groups', 'All groups'],
  ['schemas', 'All schemas'],
] as const

/** Every saved profile; an open one expands to its views. */
// oxlint-disable-next-line max-lines-per-function -- one tree and its rows; half of it is the menu of a row, which needs the row
export function ClusterSection() {
  const services = useServices()
  const { connections, navigation } = services
  const profiles = useStore(connections, (state) => state.profiles)
  const open = useStore(connections, (state) => state.open)
  const shown = useShownConnection()
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map())
  const openProfile = useOpenProfile()

  const rows: TreeRow[] = []
  for (const { profile } of profiles.value ?? []) {
    const state = open[profile.id]
    // A profile that never connected has nothing to expand.
    const isExpandable = state?.status === 'connected' || state?.status === 'reconnecting'
    // Only the current one expands automatically: with three open clusters the last would be out of view.
    const isExpanded = isExpandable && (toggled.get(profile.id) ?? profile.id === shown?.profileId)
    rows.push({
      id: profile.id,
      text: profile.name,
      level: 0,
      isExpandable,
      isExpanded,
      mark: colourOf(profile.colour),
      isDimmed: isDown(state),
      meta: metaOf(state),
      metaTone: state?.status === 'failed' ? 'bad' : state?.status === 'reconnecting' ? 'warn' : undefined,
    })
    if (!isExpanded) continue
    for (const [kind, text] of children) rows.push({ id: `${profile.id}/${kind}`, text, level: 1 })
  }
  if (profiles.status === 'failed' && rows.length === 0) {
    return (
      <p role="alert" className={s.sectionNote} data-tone="bad">
        The profiles could not be read.{' '}
        <Button variant="link" onPress={() => void connections.loadProfiles()}>
          Try again
        </Button>
      </p>
    )
  }
  if (profiles.value?.length === 0) {
    return (
      <p className={s.sectionNote}>
        No profiles yet.{' '}
        <Button variant="link" onPress={() => navigation.open({ kind: 'profiles' })}>
          Make the first
        </Button>
      </p>
    )
  }
  const openRow = (row: TreeRow) => {
    const [id, kind] = row.id.split('/') as [ConnectionId, string | undefined]
    connections.setCurrent(open[id] === undefined ? undefined : id)
    if (kind === undefined && isDown(open[id])) void openProfile(id)
    else if (kind === 'topics') navigation.open({ kind: 'topics', connectionId: id })
    else if (kind === 'groups' || kind === 'schemas') navigation.open({ kind, connectionId: id })
    else navigation.open({ kind: 'cluster', connectionId: id })
  }
  const menu = (row: TreeRow): MenuEntry[] => {
    const id = row.id.split('/')[0] as ConnectionId
    const edit = {
      id: 'edit',
      label: 'Edit profile',
      onAction: () => navigation.open({ kind: 'profiles', profileId: id }),
    }
    if (isDown(open[id])) return [{ id: 'open', label: 'Connect', onAction: () => void openProfile(id) }, edit]
    return [
      { id: 'again', label: 'Reconnect', onAction: () => void connections.reconnect(id).catch(toastFailure) },
      { id: 'close', label: 'Disconnect', onAction: () => void connections.close(id).catch(toastFailure) },
      edit,
    ]
  }
  return (
    <div style={{ height: Math.min(rows.length, 9) * 25, display: 'flex' }}>
      <Tree
        label="Clusters"
        rows={treeRows(rows)}
        selected={shown?.connectionId}
        onOpen={openRow}
        onToggle={(row, isExpanded) => {
          setToggled(new Map([...toggled, [row.id, isExpanded]]))
        }}
        menu={menu}
      />
    </div>
  )
}

/** Never opened, or unreachable: choosing it tries to connect. */
function isDown(state: ConnectionState | undefined): boolean {
  return state === undefined || state.status === 'failed'
}

function metaOf(state: ConnectionState | undefined): string | undefined {
  if (state === undefined) return undefined
  if (state.status === 'failed' && state.reason?.code === 'connect.secret') return 'needs a secret'
  if (state.status !== 'connected') return state.status
  return state.brokers === null ? undefined : `${state.brokers} ${state.brokers === 1 ? 'broker' : 'brokers'}`
}
