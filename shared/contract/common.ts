import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'

/** The input of routes that need only the connection. */
export const OnConnection = z.strictObject({ connectionId: ConnectionId })

/** What every write to a guarded profile needs: the profile's name, typed. */
export const Confirm = z.string().optional()

/** The user's agreement that an environment variable may be read and sent to the addresses that were shown. */
export const Agreed = z.array(z.string().max(100)).max(20).default([])

/** A part of an answer that could not be read; the other parts are in the answer. `what` names it for a person. */
export const Failure = z.strictObject({ what: z.string(), error: ErrorValue })
export type Failure = z.infer<typeof Failure>

export const Empty = z.strictObject({})
