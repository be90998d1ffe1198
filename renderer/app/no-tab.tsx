import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { profileOf } from '../stores/connections.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/error-banner.tsx'
import { StateView } from '../ui/state-view.tsx'
import { useConnection, useServices } from '../workbench/services.ts'
import { useOpenProfile } from '../workbench/open-profile.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'
import { openPalette } from './commands.ts'
import s from './app.module.css'

/** Shown when no tab is open: what can be done from here. */
export function Welcome() {
  const { navigation, connections, commands } = useServices()
  const shown = useShownConnection()
  const count = useStore(connections, (state) => state.profiles.value?.length)
  const open = useOpenProfile()
  const first = useStore(connections, (state) => state.profiles.value?.[0]?.profile)
  if (shown !== undefined && shown.status !== 'connected') return <NotYet state={shown} />
  if (shown !== undefined) {
    return (
      <div className={s.welcome}>
        <StateView
          kind="empty"
          title={`Connected to ${shown.name}.`}
          actions={
            <>
              <Button onPress={() => navigation.open({ kind: 'topics', connectionId: shown.connectionId })}>
                All topics
              </Button>
              <Button onPress={() => navigation.open({ kind: 'groups', connectionId: shown.connectionId })}>
                All groups
              </Button>
              <Button onPress={() => commands.run(openPalette)}>Go to…</Button>
            </>
          }
        >
          Choose a topic or a group on the left, or go straight to an offset.
        </StateView>
      </div>
    )
  }
  return (
    <div className={s.welcome}>
      <StateView
        kind="empty"
        title={count === 0 || count === undefined ? 'No cluster yet.' : 'No cluster is open.'}
        actions={
          <>
            {first !== undefined && (
              <Button variant="primary" onPress={() => void open(first.id)}>
                Connect to {first.name}
              </Button>
            )}
            <Button
              variant={first === undefined ? 'primary' : 'default'}
              onPress={() => navigation.open({ kind: 'profiles' })}
            >
              {first === undefined ? 'Make a profile' : 'Profiles'}
            </Button>
          </>
        }
      >
        {first === undefined
          ? 'A profile says where a cluster’s brokers are and how to sign in. Looking never changes anything.'
          : 'Choose one on the left. Looking never changes anything.'}
      </StateView>
    </div>
  )
}

/** Chosen, but not (or no longer) connected: which of the three it is, why, and what to do. */
function NotYet({ state, isQuiet = false }: { state: ConnectionState; isQuiet?: boolean }) {
  const { connections, navigation } = useServices()
  const open = useOpenProfile({ isQuiet })
  const { name, profileId, connectionId, status, reason } = state
  const edit = <Button onPress={() => navigation.open({ kind: 'profiles', profileId })}>Edit profile</Button>
  if (status === 'failed') {
    return (
      <div className={s.welcome}>
        <ErrorState
          error={reason ?? new Error(`${name} could not be reached.`)}
          onRetry={() => void open(profileId)}
          actions={edit}
        />
      </div>
    )
  }
  return (
    <div className={s.welcome}>
      <StateView
        kind="loading"
        title={status === 'connecting' ? `Connecting to ${name}…` : `Reconnecting to ${name}…`}
        actions={
          <>
            <Button onPress={() => void connections.close(connectionId).catch(() => undefined)}>Cancel</Button>
            {edit}
          </>
        }
      >
        {reason?.message}
      </StateView>
    </div>
  )
}

/** A restored tab whose cluster is not open. */
export function NotConnected({ connectionId, title }: { connectionId: ConnectionId; title: string }) {
  const { connections } = useServices()
  const open = useOpenProfile({ isQuiet: true })
  const profile = useStore(connections, (state) => profileOf(state, connectionId)?.profile)
  const state = useConnection(connectionId)
  const isLoading = useStore(
    connections,
    (state) => state.profiles.value === undefined && state.profiles.status !== 'failed',
  )
  if (state !== undefined) return <NotYet state={state} isQuiet />
  if (isLoading) return <StateView kind="loading" title={`Opening ${title}…`} />
  if (profile === undefined) {
    return (
      <StateView kind="empty" title="The profile of this tab was deleted.">
        Close the tab, or create the profile again.
      </StateView>
    )
  }
  return (
    <StateView
      kind="empty"
      title={`${title} is on ${profile.name}, which is not open.`}
      actions={
        <Button variant="primary" onPress={() => void open(profile.id)}>
          Connect to {profile.name}
        </Button>
      }
    >
      Tabs come back as they were; clusters are connected only when you ask.
    </StateView>
  )
}
