import { WIRE, type ProtoReader } from './proto-reader.ts'

/** What a field that no schema knows is called by what it is on the wire; an edit says it again by these. */
export const UNKNOWN = new Map<number, string>([
  [WIRE.varint, 'varint'],
  [WIRE.fixed64, 'fixed64'],
  [WIRE.bytes, 'bytes'],
  [WIRE.groupStart, 'group'],
  [WIRE.fixed32, 'fixed32'],
])

/** By number, in the order in which they come, where the fields lie from here to the reader's end. */
export function placesIn(reader: ProtoReader, places = new Map<number, number[]>()): Map<number, number[]> {
  while (reader.at < reader.end) {
    const place = reader.at
    const tag = reader.tag()
    const known = places.get(tag >>> 3)
    if (known === undefined) places.set(tag >>> 3, [place])
    else known.push(place)
    reader.skip(tag)
  }
  return places
}

/** Into `low` and `high`, unsigned. */
export function unknownNumber(reader: ProtoReader, wire: number): void {
  if (wire === WIRE.varint) reader.varint64()
  else if (wire === WIRE.fixed64) reader.fixed64()
  else {
    reader.low = reader.fixed32()
    reader.high = 0
  }
  reader.high >>>= 0
}
