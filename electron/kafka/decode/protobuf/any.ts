import { utf8Text } from '#shared/bytes.ts'
import type { FieldIndex } from './field-index.ts'
import type { MessageLayout } from './message-layout.ts'
import type { ProtoReader } from './proto-reader.ts'

/** Where in an Any its type URL and its message are. */
export interface HeldMessage {
  layout: MessageLayout
  typeStart: number
  typeEnd: number
  start: number
  end: number
}

/** The contents of the Any at the reader; null: its type is unknown, or it has other fields. */
export function heldBy(
  reader: ProtoReader,
  index: FieldIndex,
  layout: MessageLayout,
  layoutOf: (type: string) => MessageLayout | null,
): HeldMessage | null {
  const frame = index.open(reader, layout)
  const [type, value] = [index.slot(frame), index.slot(frame + 1)]
  const isMore = index.slot(frame + 2) >= 0
  index.close(frame, layout)
  if (type < 0 || isMore) return null
  reader.at = type
  const typeEnd = reader.length()
  const typeStart = reader.at
  const held = layoutOf(typeOf(utf8Text(reader.bytes.subarray(typeStart, typeEnd)) ?? ''))
  if (held === null) return null
  if (value < 0) return { layout: held, typeStart, typeEnd, start: reader.end, end: reader.end }
  reader.at = value
  const end = reader.length()
  return { layout: held, typeStart, typeEnd, start: reader.at, end }
}

/** The type name in a URL: "type.googleapis.com/com.acme.Order" is com.acme.Order. */
export function typeOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1)
}
