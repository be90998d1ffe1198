import type { DecodeChoice } from '#shared/model/decode-choice.ts'
import { fromAvroFile } from './avro-choice.ts'
import { base64, hexDigits } from './text-wrappers.ts'
import { compressed } from './compressed-value.ts'
import { cbor } from './schemaless/cbor.ts'
import type { Decoder } from './decoder.ts'
import { hex } from './hex.ts'
import { json } from './json.ts'
import { list } from './kafka-list.ts'
import { primitive } from './primitive.ts'
import { fromRegistry, byIdBytes } from './registry-choice.ts'
import type { Choice, ChoiceTools } from './decoding-setup.ts'
import { messagePack } from './schemaless/message-pack.ts'
import { fromProtobufFiles } from './protobuf-choice.ts'
import { protobufRaw } from './protobuf-raw.ts'
import { text } from './text.ts'
import { windowed } from './windowed-key.ts'

type Makers = { [A in Exclude<DecodeChoice['as'], 'automatic'>]: (choice: Choice<A>, tools: ChoiceTools) => Decoder }

/** A decoder for each kind of choice: to add one, add a file and its line here. */
const makers: Makers = {
  json: () => json,
  text: ({ charset }) => text(charset),
  hex: () => hex,
  avro: fromAvroFile,
  primitive: ({ type }) => primitive(type),
  list: ({ of }) => list(of),
  windowed: ({ window, around }, { inner }) => windowed(window, inner(around)),
  base64: ({ around }, { inner }) => base64(inner(around)),
  'hex-digits': ({ around }, { inner }) => hexDigits(inner(around)),
  compressed: ({ by, around }, { inner }) => compressed(by, inner(around)),
  protobuf: fromProtobufFiles,
  'protobuf-raw': () => protobufRaw,
  msgpack: () => messagePack,
  cbor: () => cbor,
  registry: fromRegistry,
  'schema-id': byIdBytes,
}

export function chosenDecoder(choice: Exclude<DecodeChoice, Choice<'automatic'>>, tools: ChoiceTools): Decoder {
  return (makers[choice.as] as (of: DecodeChoice, tools: ChoiceTools) => Decoder)(choice, tools)
}
