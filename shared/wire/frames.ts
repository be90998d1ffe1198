import type { ErrorValue } from '../errors.ts'
import type { Pass } from './handshake.ts'

/** The answer to a call. A value, never a throw: Electron drops `code` and `name` of errors thrown across its IPC. */
export type Envelope = { ok: true; value: unknown } | { ok: false; error: ErrorValue }

/** What a stream sends. `done` or `error` comes last, exactly once. */
export type ServerFrame =
  | { type: 'batch'; rows: unknown }
  | { type: 'progress'; value: unknown }
  | { type: 'done'; value: unknown }
  | { type: 'error'; error: ErrorValue }

/** What the reader of a stream sends. Credit is the number of frames that it has room for. */
export type ClientFrame = { type: 'credit'; frames: number } | { type: 'cancel' }

/** A call or stream as a page requests it; the id is chosen by the page and unique among its running requests. */
export interface WireRequest {
  id: string
  route: string
  input: unknown
}

/** On a socket, frames of many calls and streams share one pipe, so each names its own. */
export type ClientMessage =
  | ({ type: 'call' } & WireRequest)
  | ({ type: 'stream' } & WireRequest)
  | { type: 'cancel'; id: string }
  | { type: 'frame'; id: string; frame: ClientFrame }

export type ServerMessage =
  /** `pass` is the key this page shows when it reconnects, in place of the one it came with. */
  | { type: 'ready'; pass: Pass }
  | { type: 'answer'; id: string; answer: Envelope }
  | { type: 'frame'; id: string; frame: ServerFrame }

/** Why the server closed a socket. `ended`, for an authenticated socket, tells the page that the server is gone for good. */
export const closeCodes = { badProof: 4401, noProof: 4408, busy: 4429, malformed: 4400, ended: 4410 } as const

/** What a client sends through; one per transport, and all behave alike (see the conformance suite). */
export interface ClientTransport {
  call(request: WireRequest): Promise<Envelope>
  cancel(id: string): void
  /** Frames arrive in order; nothing follows the terminal one. */
  stream(request: WireRequest, onFrame: (frame: ServerFrame) => void): (frame: ClientFrame) => void
}
