import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { bytesOfBase64 } from '#shared/bytes.ts'
import type { JsonMember, JsonNode } from '../exact-json-parser.ts'
import { wholeNumber } from './scalar-from-json.ts'
import { MOST_LEVELS } from './proto-reader.ts'

const HIGHEST_NUMBER = 536_870_911

/** Writes a field that is not in the schema, from the form it is shown in: {"7": {"varint": 1}}, or a list of such. */
export function writeUnknown(
  writer: BinaryWriter,
  { name, at, value }: JsonMember,
  problem: (node: { at: number }, message: string) => void,
  level = 0,
): void {
  const number = Number(name)
  if (!/^[1-9]\d{0,8}$/.test(name) || number > HIGHEST_NUMBER)
    return problem({ at }, 'This is to be the number of a field.')
  if (level > MOST_LEVELS) return problem({ at }, `This nests deeper than ${MOST_LEVELS} levels.`)
  for (const node of value.kind === 'list' ? value.items : [value]) {
    const [only] = node.kind === 'object' && node.members.length === 1 ? node.members : []
    if (only?.name === 'group' && only.value.kind === 'object') {
      writer.tag(number, WireType.StartGroup)
      for (const member of only.value.members) writeUnknown(writer, member, problem, level + 1)
      writer.tag(number, WireType.EndGroup)
    } else if (only === undefined || !writeOne(writer, number, only.name, only.value)) {
      problem(node, `The schema has no field ${name}: as such it is to be {"varint": 1}, {"fixed32": 1}, {"fixed64": 1}, {"bytes": "base64"} or {"group": { … }}.`) // oxfmt-ignore
    }
  }
}

function writeOne(writer: BinaryWriter, number: number, name: string, node: JsonNode): boolean {
  if (name === 'bytes') {
    const bytes = node.kind === 'text' ? bytesOfBase64(node.value) : null
    if (bytes !== null) writer.tag(number, WireType.LengthDelimited).bytes(bytes)
    return bytes !== null
  }
  const value = wholeNumber(node)
  const bits = name === 'fixed32' ? 32 : 64
  if (value === null || BigInt.asUintN(bits, value) !== value) return false
  if (name === 'varint') writer.tag(number, WireType.Varint).uint64(value)
  else if (name === 'fixed64') writer.tag(number, WireType.Bit64).fixed64(value)
  else if (name === 'fixed32') writer.tag(number, WireType.Bit32).fixed32(Number(value))
  else return false
  return true
}
