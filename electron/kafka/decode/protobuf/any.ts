import { utf8Text } from '#shared/bytes.ts'
import type { FieldIndex } from './field-index.ts'
import type { MessagePlan } from './message-layout.ts'
import type { ProtoReader } from './proto-reader.ts'

/** Where in an Any its type's address and its message lie. */
export interface HeldMessage {
  plan: MessagePlan
  typeStart: number
  typeEnd: number
  start: number
  end: number
}

/** What the Any holds that the reader stands at; null: its type is not known, or there is more in it. */
export function heldBy(
  reader: ProtoReader,
  index: FieldIndex,
  plan: MessagePlan,
  planOf: (type: string) => MessagePlan | null,
): HeldMessage | null {
  const frame = index.open(reader, plan)
  const [type, value] = [index.slot(frame), index.slot(frame + 1)]
  const isMore = index.slot(frame + 2) >= 0
  index.close(frame, plan)
  if (type < 0 || isMore) return null
  reader.at = type
  const typeEnd = reader.length()
  const typeStart = reader.at
  const held = planOf(typeOf(utf8Text(reader.bytes.subarray(typeStart, typeEnd)) ?? ''))
  if (held === null) return null
  if (value < 0) return { plan: held, typeStart, typeEnd, start: reader.end, end: reader.end }
  reader.at = value
  const end = reader.length()
  return { plan: held, typeStart, typeEnd, start: reader.at, end }
}

/** "type.googleapis.com/com.acme.Order" is of com.acme.Order. */
export function typeOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1)
}
