import type { ErrorValue } from '../errors.ts'
import type { Pass } from './handshake.ts'

/** What a call answers. A value, never a throw: Electron drops `code` and `name` of errors thrown across its IPC. */
export type Envelope = { ok: true; value: unknown } | { ok: false; error: ErrorValue }

/** What a stream sends. `done` or `error` comes last, exactly once. */
export type ServerFrame =
  | { type: 'batch'; rows: unknown }
  | { type: 'progress'; value: unknown }
  | { type: 'done'; value: unknown }
  | { type: 'error'; error: ErrorValue }

/** What the reader of a stream sends. Credit counts frames that it has room for. */
export type ClientFrame = { type: 'credit'; frames: number } | { type: 'cancel' }

/** A call or stream as a page asks for it; the id is the page's own and unique among what it has under way. */
export interface WireRequest {
  id: string
  route: string
  input: unknown
}

/** On a socket, frames of many calls and streams share one pipe, so each names the one it belongs to. */
export type ClientMessage =
  | ({ type: 'call' } & WireRequest)
  | ({ type: 'stream' } & WireRequest)
  | { type: 'cancel'; id: string }
  | { type: 'frame'; id: string; frame: ClientFrame }

export type ServerMessage =
  /** `pass` is what this page shows when it comes again, in place of what it came with. */
  | { type: 'ready'; pass: Pass }
  | { type: 'answer'; id: string; answer: Envelope }
  | { type: 'frame'; id: string; frame: ServerFrame }

/** Why the server closed a socket. `ended`, of one that was proved, tells the page that nobody will be there again. */
export const closeCodes = { badProof: 4401, noProof: 4408, busy: 4429, malformed: 4400, ended: 4410 } as const

/** What a client speaks through; one per transport, and they behave alike (see the conformance suite). */
export interface ClientTransport {
  call(request: WireRequest): Promise<Envelope>
  cancel(id: string): void
  /** Frames come in order; nothing follows the terminal one. */
  stream(request: WireRequest, onFrame: (frame: ServerFrame) => void): (frame: ClientFrame) => void
}
