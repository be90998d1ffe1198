import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import { useApi, useConnection, useNavigation } from '../../workbench/services.ts'
import { useAppInfo } from '../../workbench/use-app-info.ts'
import { SecretPrompt } from '../../shared-views/secrets/secret-prompt.tsx'
import { secretsAsked } from '../../shared-views/secrets/secrets-asked.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-banner.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { toastFailure } from '../../ui/toast.tsx'

export interface RegistryFailureProps {
  connectionId: ConnectionId
  error: unknown
  onRetry: () => void
  /** When the user comes back, the profile may have been corrected: then it tries again. */
  isActive: boolean
}

/** Why nothing of the registry can be shown, in place of a view: the profile names none, it needs a secret, or it failed. */
export function RegistryFailure({ connectionId, error, onRetry, isActive }: RegistryFailureProps) {
  const api = useApi()
  const navigation = useNavigation()
  const info = useAppInfo()
  const connection = useConnection(connectionId)
  const [isPending, setPending] = useState(false)
  const [isDeclined, setDeclined] = useState(false)
  const retry = useEffectEvent(onRetry)
  const wasActive = useRef(isActive)
  useEffect(() => {
    if (isActive && !wasActive.current) retry()
    wasActive.current = isActive
  }, [isActive])
  const value = toErrorValue(error)
  const name = connection?.name ?? 'This profile'
  const profileId = connection?.profileId
  const openProfile = () => navigation.open({ kind: 'profiles', ...(profileId === undefined ? {} : { profileId }) })
  if (value.code === 'registry.absent') {
    return (
      <StateView
        kind="empty"
        title={`${name} names no schema registry.`}
        actions={
          <Button variant="primary" onPress={openProfile}>
            Add one in the profile
          </Button>
        }
      >
        <p>
          With its address, records in Avro, Protobuf and JSON Schema are read by their schemas, and the schemas can be
          looked at here. It is under “Schema registry” in the profile’s form.
        </p>
      </StateView>
    )
  }
  const asked = secretsAsked(value)
  if (asked.needs.length > 0 && asked.what === 'registry' && !isDeclined) {
    const entrust = async (secrets: SecretsInput, remember: boolean, agreed: readonly string[]) => {
      setPending(true)
      try {
        await api.call('schemas.entrust', { connectionId, secrets, remember, agreed: [...agreed] })
        onRetry()
      } catch (thrown) {
        toastFailure(thrown)
      } finally {
        setPending(false)
      }
    }
    return (
      <SecretPrompt
        key={asked.needs.map((need) => `${need.name} ${need.why}`).join()}
        profileName={name}
        asked={asked}
        keptIn={info?.secrets}
        isPending={isPending}
        action="Go on"
        onConnect={(...given) => void entrust(...given)}
        onCancel={() => setDeclined(true)}
      />
    )
  }
  return (
    <ErrorState
      error={value}
      onRetry={() => {
        setDeclined(false)
        onRetry()
      }}
      actions={value.code.startsWith('registry.') && <Button onPress={openProfile}>Edit the profile</Button>}
    />
  )
}
