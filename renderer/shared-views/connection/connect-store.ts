import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { ConnectionId, type ProfileId } from '#shared/model/ids.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'

/** An attempt made by this page; the connection's own state is in the shared store. */
export interface Attempt {
  readonly status: 'connecting' | 'failed'
  readonly error: ErrorValue | undefined
}

export interface ConnectStore extends StoreApi<{ readonly attempts: Readonly<Record<string, Attempt>> }> {
  /** The open connection; `undefined` if it failed (see `attempts`) or was cancelled. */
  connect: (
    id: ProfileId,
    secrets?: SecretsInput,
    remember?: boolean,
    agreed?: readonly string[],
  ) => Promise<ConnectionState | undefined>
  cancel: (id: ProfileId) => Promise<void>
  dismiss: (id: ProfileId) => void
}

interface Opener {
  open: (
    profileId: ProfileId,
    secrets?: SecretsInput,
    remember?: boolean,
    agreed?: readonly string[],
  ) => Promise<ConnectionState>
  close: (connectionId: ConnectionId) => Promise<void>
}

export function createConnectStore(connections: Opener): ConnectStore {
  const store: ConnectStore = {
    ...createStore<{ readonly attempts: Readonly<Record<string, Attempt>> }>(() => ({ attempts: {} })),
    connect: async (id, secrets = {}, remember = false, agreed = []) => {
      put(id, { status: 'connecting', error: undefined })
      try {
        const state = await connections.open(id, secrets, remember, agreed)
        put(id, undefined)
        return state
      } catch (error) {
        const isCancelled = error instanceof SeeklineError && error.code === 'call.cancelled'
        put(id, isCancelled ? undefined : { status: 'failed', error: toErrorValue(error) })
        return undefined
      }
    },
    // Closing ends the attempt, whoever started it; its caller then gets "cancelled".
    cancel: async (id) => {
      await connections.close(ConnectionId.parse(id)).catch(() => undefined)
      put(id, undefined)
    },
    dismiss: (id) => put(id, undefined),
  }
  const put = (id: string, attempt: Attempt | undefined): void =>
    store.setState(({ attempts }) => {
      const { [id]: _before, ...others } = attempts
      return { attempts: attempt === undefined ? others : { ...others, [id]: attempt } }
    })
  return store
}

/** Advertised addresses that did not answer, from the error that lists them. */
export function unreachableAddresses(error: ErrorValue | null | undefined): { address: string; message: string }[] {
  const addresses = error?.code === 'connect.advertised' ? error.details?.['addresses'] : undefined
  if (!Array.isArray(addresses)) return []
  return addresses.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('address' in one) || typeof one.address !== 'string') return []
    const message = 'message' in one && typeof one.message === 'string' ? one.message : ''
    return [{ address: one.address, message }]
  })
}
