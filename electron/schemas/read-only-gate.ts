import { SeeklineError } from '#shared/errors.ts'

export type RegistryMode = 'read-only' | 'read-write'

/**
 * What a read-only profile may request, by method and path below the registry's address. An allow-list of reads: whatever is
 * not in it counts as a write, including calls that future registries may add. It is checked where requests leave the process,
 * so that no route, plan, import or mistake in our own code bypasses it.
 */
const reads: readonly { method: string; path: RegExp }[] = [
  { method: 'GET', path: /^/ },
  // Whether a draft would be accepted: sent as a body, because a schema is longer than an address may be.
  { method: 'POST', path: /^(?:\/contexts\/[^/]+)?\/compatibility\/subjects\/[^/]+\/versions(?:\/[^/]+)?$/ },
  // Whether the subject has this schema already. With `/versions` at the end it would register it.
  { method: 'POST', path: /^(?:\/contexts\/[^/]+)?\/subjects\/[^/]+$/ },
]

/** For AWS's JSON protocol, where path and method say nothing. */
const readActions = /^AWSGlue\.Get[A-Za-z]+$/

/** `path` without a query, its parts encoded. Throws `access.read-only` for what would change the registry. */
export function checkGate(mode: RegistryMode, method: string, path: string, action?: string): void {
  if (mode === 'read-write' || isRead(method, path, action)) return
  throw new SeeklineError(
    'access.read-only',
    `The profile is read-only: ${action ?? `${method} ${path}`} was not sent to the registry.`,
    {
      hint: 'Nothing was written. To allow changes, raise the access mode in the profile.',
    },
  )
}

export function isRead(method: string, path: string, action?: string): boolean {
  if (action !== undefined) return readActions.test(action)
  return !path.includes('//') && reads.some((one) => one.method === method && one.path.test(path))
}
