import type { AnyDef } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'

export interface ConnectionAccess {
  mode: 'read-only' | 'guarded' | 'full'
  /** The name that a write to a guarded profile must repeat. */
  profileName: string
}

export interface AccessPolicy {
  /** undefined: there is no such open connection. */
  modeOf(connectionId: string): ConnectionAccess | undefined
}

/**
 * Refuses a write that the profile of any connection it writes to does not permit. `local` routes pass, because they only
 * change the user's own files. This check gives the better message; the gate in the socket holds even if this one is bypassed.
 */
export function checkAccess(def: AnyDef, input: unknown, access: AccessPolicy): void {
  if (def.effect !== 'write') return
  const fields = input as Record<string, unknown>
  const ids = def.writes.map((field) => connectionIdIn(fields[field]))
  if (ids.length === 0) throw new SeeklineError('internal', 'This write names no connection that it writes to.')
  for (const id of ids) {
    if (id === undefined) throw new SeeklineError('call.invalid', 'The input names no connection to write to.')
    const found = access.modeOf(id)
    if (found === undefined) {
      throw new SeeklineError('connect.closed', `No open connection has the id ${JSON.stringify(id)}.`, {
        hint: 'Open the profile first.',
      })
    }
    if (found.mode === 'read-only') {
      throw new SeeklineError('access.read-only', `The profile "${found.profileName}" is read-only.`, {
        hint: 'Nothing was written. To allow changes, raise the access mode in the profile.',
      })
    }
    if (found.mode === 'guarded' && fields['confirm'] !== found.profileName) {
      throw new SeeklineError(
        'access.unconfirmed',
        `The profile "${found.profileName}" is guarded: changes need its name typed.`,
        { hint: 'Nothing was written. Type the profile\u2019s name exactly as it is shown.' },
      )
    }
  }
}

/** An input field that names what is written to holds a connection's id, or an object with one. */
function connectionIdIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return undefined
  const id = (value as Record<string, unknown>)['connectionId']
  return typeof id === 'string' ? id : undefined
}
