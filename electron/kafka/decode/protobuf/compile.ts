import type { DescFile, DescMessage } from '@bufbuild/protobuf'
import type { SchemaText } from '#shared/model/schema.ts'
import { type Codec, SchemaProblem } from '../codec.ts'
import type { WireMessage } from '../framing/write-frame.ts'
import { MessageLayouts } from './message-layouts.ts'
import { filesOf, type SchemaFiles } from './schema-files.ts'
import { TimeLimit, withinTime } from '../time-limit.ts'
import { ToJson } from './to-json.ts'
import { treeOf } from './to-value.ts'
import { encodeProtobuf } from './from-json.ts'

/** A limit for hostile schemas: the largest real ones take two seconds. */
const SECONDS = 20

/**
 * Compiles a message of a Protobuf schema. `message`: its full name; or, as in Confluent's wire format, its index among the
 * messages of the schema's own file, followed by indexes of nested messages. Throws `SchemaProblem`.
 */
export function compileProtobuf(schema: SchemaText, message: string | readonly number[]): Codec {
  const { files, book } = readyOf(schema)
  const layout = book.of(typeof message === 'string' ? messageNamed(files, message) : messageAt(files.main, message))
  const layoutOf = (type: string) => book.named(type)
  const json = new ToJson(layoutOf)
  return {
    type: layout.name,
    written: (bytes) => json.written(bytes, layout),
    value: (bytes) => treeOf(bytes, layout, layoutOf),
    encode: (text) => encodeProtobuf(text, layout, layoutOf),
  }
}

/** The parsed schema of each text, for all its messages. */
const ready = new WeakMap<SchemaText, { files: SchemaFiles; book: MessageLayouts }>()

function readyOf(schema: SchemaText): { files: SchemaFiles; book: MessageLayouts } {
  const known = ready.get(schema)
  if (known !== undefined) return known
  try {
    const files = withinTime(SECONDS, () => filesOf(schema))
    const made = { files, book: new MessageLayouts(files.registry) }
    ready.set(schema, made)
    return made
  } catch (error) {
    if (error instanceof TimeLimit) throw new SchemaProblem(`To read the schema takes longer than ${SECONDS} s.`)
    throw error
  }
}

/** How the wire formats of registries name a message of a schema; null: the first. Throws `SchemaProblem`. */
export function wireMessageOf(schema: SchemaText, message: string | null): WireMessage {
  const { files } = readyOf(schema)
  const found = message === null ? messageAt(files.main, [0]) : messageNamed(files, message)
  if (found.file !== files.main) {
    throw new SchemaProblem(`The message "${found.typeName}" is of a file that the schema imports: records can name only those of its own.`) // oxfmt-ignore
  }
  const indexes: number[] = []
  for (let at: DescMessage | undefined = found; at !== undefined; at = at.parent) {
    indexes.unshift((at.parent?.nestedMessages ?? files.main.messages).indexOf(at))
  }
  return { name: found.typeName, indexes }
}

/** By full name; Apicurio's serialisers leave out the package. */
function messageNamed({ registry, main }: SchemaFiles, name: string): DescMessage {
  const bare = name.replace(/^\./, '')
  const found = registry.getMessage(bare) ?? registry.getMessage(`${main.proto.package}.${bare}`)
  if (found !== undefined) return found
  const there = main.messages.map(({ typeName }) => typeName)
  throw new SchemaProblem(
    there.length === 0
      ? 'The schema has no message.'
      : `The schema has no message "${name}"; there is ${there.slice(0, 10).join(', ')}${there.length > 10 ? `, and ${there.length - 10} more` : ''}.`,
    name,
  )
}

/**
 * Nested messages are counted without the entries of maps, as in Confluent's Java serialiser; its other serialisers count them,
 * which matters only if a map precedes a nested message.
 */
function messageAt(main: DescFile, indexes: readonly number[]): DescMessage {
  let among: readonly DescMessage[] = main.messages
  let found: DescMessage | undefined
  for (const index of indexes) {
    found = among[index]
    if (found === undefined) break
    among = found.nestedMessages
  }
  if (found === undefined) throw new SchemaProblem(`The schema has no message at [${indexes.join(', ')}].`)
  return found
}
