import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'

/** Input of routes that need nothing but the connection. */
export const OnConnection = z.strictObject({ connectionId: ConnectionId })

/** What a guarded profile asks for on every write: its own name, typed. */
export const Confirm = z.string().optional()

/** That an environment variable may be read and sent to the addresses that were shown. */
export const Agreed = z.array(z.string().max(100)).max(20).default([])

/** A part of an answer that could not be had, beside the parts that could. `what` names it for a person. */
export const Failure = z.strictObject({ what: z.string(), error: ErrorValue })
export type Failure = z.infer<typeof Failure>

export const Empty = z.strictObject({})
