import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { ConnectionId, type ProfileId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatDuration } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toastFailure } from '../../ui/toast.tsx'
import { secretsAsked } from '../secrets/secrets-asked.ts'
import { unreachableAddresses, type ConnectStore } from './connect-store.ts'
import { SecretPrompt } from '../secrets/secret-prompt.tsx'
import { useAppInfo } from '../../workbench/use-app-info.ts'
import s from './connection.module.css'

export interface ConnectionStripProps {
  profileId: ProfileId
  name: string
  store: ConnectStore
  /** Adds an advertised address that did not answer to the form's address map. */
  onMap?: ((address: string) => void) | undefined
  /** Offered if correcting the profile is the next step. */
  onEdit?: (() => void) | undefined
  /** Shows the topics once connected. */
  opensTopics?: boolean | undefined
}

/** The state of a profile's connection, and the next step; nothing while it is closed and nobody has tried to connect. */
// oxlint-disable-next-line max-lines-per-function -- the states of a connection, one after the other, each with the actions it offers
export function ConnectionStrip(props: ConnectionStripProps) {
  const { profileId, name, store, onMap, onEdit } = props
  const { connections, navigation } = useServices()
  const info = useAppInfo()
  const state = useStore(connections, (all) => all.open[profileId])
  const attempt = useStore(store, (all) => all.attempts[profileId])
  const connect = useConnect(store, props.opensTopics === true)
  const error = attempt?.error ?? (state?.status === 'failed' ? state.reason : null)
  const asked = secretsAsked(error)
  const { needs } = asked

  if (attempt?.status === 'connecting' || state?.status === 'connecting') {
    return (
      <StateView
        kind="loading"
        layout="strip"
        title={`Connecting to ${name}…`}
        actions={
          <Button size="small" onPress={() => void store.cancel(profileId)}>
            Cancel
          </Button>
        }
      />
    )
  }
  if (needs.length > 0) {
    return (
      <SecretPrompt
        key={needs.map((need) => `${need.name} ${need.why}`).join()}
        profileName={name}
        asked={asked}
        keptIn={info?.secrets}
        isPending={false}
        onConnect={(secrets, remember, agreed) => void connect(profileId, secrets, remember, agreed)}
        onCancel={() => void store.cancel(profileId)}
      />
    )
  }
  if (error !== null && error !== undefined) {
    const unreachable = unreachableAddresses(error)
    return (
      <div className={s.stripError}>
        <ErrorBanner
          error={error}
          onRetry={() => void connect(profileId)}
          onDismiss={() => void store.cancel(profileId)}
          actions={
            onEdit !== undefined && (
              <Button size="small" onPress={onEdit}>
                Edit profile
              </Button>
            )
          }
        />
        {onMap !== undefined && unreachable.length > 0 && <AddressList addresses={unreachable} onMap={onMap} />}
      </div>
    )
  }
  if (state === undefined) return null
  if (state.status === 'reconnecting') return <Reconnecting state={state} />
  return (
    <div className={s.connected}>
      <span className={s.dot} data-tone="ok" aria-hidden="true" />
      <span>
        Connected
        {state.brokers !== null && ` · ${state.brokers} ${state.brokers === 1 ? 'broker' : 'brokers'}`}
        {state.kafkaVersion !== null && ` · Kafka ${state.kafkaVersion}`}
      </span>
      <span className={s.grow} />
      <Button size="small" onPress={() => navigation.open({ kind: 'topics', connectionId: state.connectionId })}>
        Topics
      </Button>
      <Button size="small" onPress={() => navigation.open({ kind: 'cluster', connectionId: state.connectionId })}>
        Overview
      </Button>
      <Button size="small" onPress={() => void connections.close(ConnectionId.parse(profileId)).catch(toastFailure)}>
        Disconnect
      </Button>
    </div>
  )
}

/** The data stays; this says why nothing new arrives, and when the next attempt is made. */
function Reconnecting({ state }: { state: ConnectionState }) {
  const { connections } = useServices()
  const now = useNow(500)
  const left = state.nextAttemptAt === null ? undefined : Math.max(0, Number(state.nextAttemptAt) - now)
  const when =
    left === undefined || left < 300 ? 'trying now' : `next try in ${formatDuration(Math.ceil(left / 1000) * 1000)}`
  const again = () => void connections.reconnect(state.connectionId).catch(toastFailure)
  return (
    <StateView
      kind="partial"
      title={`Reconnecting to ${state.name}: attempt ${state.attempt}, ${when}.`}
      actions={
        <>
          <Button size="small" onPress={again}>
            Reconnect now
          </Button>
          <Button
            size="small"
            variant="quiet"
            onPress={() => void connections.close(state.connectionId).catch(toastFailure)}
          >
            Disconnect
          </Button>
        </>
      }
    >
      {state.reason !== null && <SafeText text={state.reason.message} />}
    </StateView>
  )
}

/** Addresses advertised by the cluster that this computer cannot reach, each with a button to enter the real address. */
export function AddressList({
  addresses,
  onMap,
}: {
  addresses: readonly { address: string; message: string }[]
  onMap: (address: string) => void
}) {
  return (
    <ul className={s.addresses}>
      {addresses.map(({ address, message }) => (
        <li key={address}>
          <code>
            <SafeText text={address} />
          </code>
          <span className={s.dim}>
            <SafeText text={message} />
          </span>
          <Button size="small" onPress={() => onMap(address)}>
            Map this address
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** Connects and, if requested, opens the topics. */
export function useConnect(store: ConnectStore, opensTopics: boolean): ConnectStore['connect'] {
  const { navigation } = useServices()
  return async (...given) => {
    const state = await store.connect(...given)
    if (state !== undefined && opensTopics) navigation.open({ kind: 'topics', connectionId: state.connectionId })
    return state
  }
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
