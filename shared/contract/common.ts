import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'

/** Input of routes that need nothing but the connection. */
export const OnConnection = z.strictObject({ connectionId: ConnectionId })

/** What a guarded profile asks for on every write: its own name, typed. */
export const Confirm = z.string().optional()

/** A part of an answer that could not be had, beside the parts that could. `what` names it for a person. */
export const Failure = z.strictObject({ what: z.string(), error: ErrorValue })
export type Failure = z.infer<typeof Failure>

export const Empty = z.strictObject({})
