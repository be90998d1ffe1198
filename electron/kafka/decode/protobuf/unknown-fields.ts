import { WIRE, type ProtoReader } from './proto-reader.ts'

/** The names of wire types, used to show a field that is not in the schema; an edit is parsed by the same names. */
export const UNKNOWN = new Map<number, string>([
  [WIRE.varint, 'varint'],
  [WIRE.fixed64, 'fixed64'],
  [WIRE.bytes, 'bytes'],
  [WIRE.groupStart, 'group'],
  [WIRE.fixed32, 'fixed32'],
])

/** The positions of fields from here to the reader's end, by field number, in order of appearance. */
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
