import { Buffer } from 'node:buffer'
import { SeeklineError } from '#shared/errors.ts'
import { apiName, isReadApi, kafkaApis } from '../protocol/api-table.ts'

/** What may be sent. An object shared by all sockets of a connection, so that it can change while they are open. */
export type GateMode = 'read-only' | 'read-write'

export interface Gate {
  mode: GateMode
  /** Set once the offsets topic was seen: looking up a group's coordinator before that would create it. */
  groupsExist: boolean
  /** API key → number of frames sent, over all sockets since the gate was made. Blocked frames do not count. */
  sentApiKeys(): ReadonlyMap<number, number>
  /** API key → number of frames that were blocked. */
  blockedApiKeys(): ReadonlyMap<number, number>
}

const METADATA = kafkaApis.Metadata.key
const FIND_COORDINATOR = kafkaApis.FindCoordinator.key
/**
 * The highest versions whose bodies are understood below; they do not follow the API table, because each new version must be
 * reviewed first.
 */
const HIGHEST_METADATA = 13
const HIGHEST_FIND_COORDINATOR = 6
const GROUP = 0
/** Longer than any request a broker takes by default (socket.request.max.bytes is 100 MiB). */
const MAX_FRAME = 128 * 1024 * 1024

interface Counting extends Gate {
  count(key: number, sent: boolean): void
}

export function createGate(mode: GateMode): Gate {
  const sent = new Map<number, number>()
  const blocked = new Map<number, number>()
  const gate: Counting = {
    mode,
    groupsExist: false,
    sentApiKeys: () => sent,
    blockedApiKeys: () => blocked,
    count(key, wasSent) {
      const counts = wasSent ? sent : blocked
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
  }
  return gate
}

/**
 * The outgoing side of one socket. Takes bytes in whatever pieces they are written, and returns whole frames that may be sent.
 * Nothing of a frame is sent before its API key was checked. Throws `access.read-only`, and then refuses everything.
 */
export class FrameGate {
  private readonly gate: Counting
  private held: Buffer = Buffer.alloc(0)
  private dead = false

  constructor(gate: Gate) {
    this.gate = gate as Counting
  }

  push(chunk: Uint8Array): Buffer[] {
    // This frame itself is not refused: its caller may retry on another connection.
    if (this.dead) throw new Error('Connection closed: a request on it was stopped.')
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let rest = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes])
    const whole: Buffer[] = []
    while (rest.length >= 4) {
      const end = 4 + rest.readInt32BE(0)
      if (end < 8 || end > MAX_FRAME) {
        this.dead = true
        throw refusal('What was to be sent is not a Kafka request.', null)
      }
      if (rest.length >= 8) this.refuseByKey(rest)
      if (rest.length < end) break
      const frame = rest.subarray(0, end)
      const key = frame.readInt16BE(4)
      if (this.gate.mode === 'read-only') {
        if (key === METADATA && !metadataCreatesNothing(frame)) this.refuse(key)
        if (key === FIND_COORDINATOR && !(this.gate.groupsExist && asksForGroups(frame))) this.refuse(key)
      }
      whole.push(frame)
      rest = rest.subarray(end)
    }
    // A copy: the writer may reuse its buffer after write() returns.
    this.held = rest.length === 0 ? rest : Buffer.from(rest)
    for (const frame of whole) this.gate.count(frame.readInt16BE(4), true)
    return whole
  }

  private refuseByKey(frame: Buffer): void {
    const key = frame.readInt16BE(4)
    if (this.gate.mode === 'read-only' && !isReadApi(key)) this.refuse(key)
  }

  private refuse(key: number): never {
    this.dead = true
    this.held = Buffer.alloc(0)
    this.gate.count(key, false)
    const creating: Record<number, string> = { [METADATA]: 'metadata', [FIND_COORDINATOR]: 'a coordinator' }
    throw refusal(
      creating[key] !== undefined
        ? `A request for ${creating[key]} that could create a topic was stopped: this connection is read-only.`
        : `A write was stopped before it left this computer: this connection is read-only (${apiName(key)}).`,
      key,
    )
  }
}

function refusal(message: string, apiKey: number | null): SeeklineError {
  return new SeeklineError('access.read-only', message, {
    hint: "To change something here, raise the profile's access mode first.",
    details: { apiKey },
  })
}

/**
 * Whether a Metadata request creates no topics. From v4 it says so itself (allow_auto_topic_creation); an older one creates
 * whatever it names. An unknown version, or a frame that cannot be read, counts as creating.
 */
export function metadataCreatesNothing(frame: Buffer): boolean {
  try {
    const version = frame.readInt16BE(6)
    const idLength = frame.readInt16BE(12)
    let at = 14 + Math.max(idLength, 0)
    if (version > HIGHEST_METADATA) return false
    if (version < 9) {
      const count = frame.readInt32BE(at)
      at += 4
      if (version < 4) return version === 0 ? count === 0 : count === -1
      for (let i = 0; i < count; i++) at += 2 + frame.readInt16BE(at)
      return frame.readInt8(at) === 0
    }
    const cursor = { at }
    skipTags(frame, cursor)
    const count = uvarint(frame, cursor) - 1
    for (let i = 0; i < count; i++) {
      if (version >= 10) cursor.at += 16
      const length = uvarint(frame, cursor) - 1
      cursor.at += Math.max(length, 0)
      skipTags(frame, cursor)
    }
    return frame.readInt8(cursor.at) === 0
  } catch {
    return false
  }
}

/**
 * Whether a FindCoordinator request asks for coordinators of groups only. For every other kind the broker creates the internal
 * topic of that kind (KIP-98, KIP-932): the app asks for groups only, and only once their topic was seen.
 */
export function asksForGroups(frame: Buffer): boolean {
  try {
    const version = frame.readInt16BE(6)
    const cursor = { at: 14 + Math.max(frame.readInt16BE(12), 0) }
    if (version === 0) return true
    if (version > HIGHEST_FIND_COORDINATOR) return false
    if (version >= 3) skipTags(frame, cursor)
    if (version === 3) {
      const length = uvarint(frame, cursor) - 1
      cursor.at += Math.max(length, 0)
    } else if (version < 3) cursor.at += 2 + frame.readInt16BE(cursor.at)
    return frame.readInt8(cursor.at) === GROUP
  } catch {
    return false
  }
}

function uvarint(frame: Buffer, cursor: { at: number }): number {
  let value = 0
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = frame.readUInt8(cursor.at++)
    value += (byte & 0x7f) * 2 ** shift
    if (byte < 0x80) return value
  }
  throw new RangeError('varint')
}

function skipTags(frame: Buffer, cursor: { at: number }): void {
  const count = uvarint(frame, cursor)
  for (let i = 0; i < count; i++) {
    uvarint(frame, cursor)
    const size = uvarint(frame, cursor)
    cursor.at += size
  }
}
