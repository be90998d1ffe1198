import { create } from '@bufbuild/protobuf'
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  Edition,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt'
import type protobufjs from 'protobufjs'
import { SchemaProblem } from '../codec.ts'
import { patchedParser } from './parser-patches.ts'
import { featuresOf } from './proto-features.ts'
import { linePlace, type ProtoEdition, scanProto } from './proto-scan.ts'
import { KIND } from './proto-reader.ts'

const { Enum, Field, MapField, Root, Type, parse } = patchedParser()
const HIGHEST_NUMBER = 536_870_911

const editions: Record<ProtoEdition, Edition> = {
  proto2: Edition.EDITION_PROTO2,
  proto3: Edition.EDITION_PROTO3,
  '2023': Edition.EDITION_2023,
  '2024': Edition.EDITION_2024,
}

/**
 * A .proto text as the descriptor that protoc would make, except that type names are not resolved yet. Built from the parser's
 * result; the parser's own conversion to descriptors needs all imports and generates code. Throws `SchemaProblem`.
 */
export function parseProto(text: string, name: string): FileDescriptorProto {
  const edition = scanProto(text, name)
  const root = new Root()
  let found: protobufjs.IParserResult
  try {
    found = parse(text, root, { keepCase: true })
  } catch (error) {
    throw problemOf(error, name)
  }
  const file = create(FileDescriptorProtoSchema, {
    name,
    package: found.package ?? '',
    dependency: [...new Set([...(found.imports ?? []), ...(found.weakImports ?? [])])],
    syntax: edition === 'proto2' || edition === 'proto3' ? edition : 'editions',
    edition: editions[edition],
  })
  const space = found.package === undefined ? root : root.lookup(found.package)
  for (const one of (space as protobufjs.NamespaceBase).nestedArray) {
    if (one instanceof Type) file.messageType.push(messageOf(one))
    else if (one instanceof Enum) file.enumType.push(enumOf(one))
    else if (one instanceof Field) file.extension.push(fieldOf(one, null))
  }
  return file
}

/** The parser's message ends with a line number, or has none. */
function problemOf(error: unknown, name: string): SchemaProblem {
  const said = error instanceof Error ? error.message : String(error)
  const found = /^(.*) \(line (\d+)\)$/s.exec(said)
  const what = (found?.[1] ?? said).replace(/^illegal .* 'null'.*/s, 'the text ends before its last block does')
  const place = found === null ? name : linePlace(name, Number(found[2]))
  return new SchemaProblem(`This is no .proto: ${what.slice(0, 200)}.`, place === '' ? null : place)
}

function messageOf(type: protobufjs.Type): DescriptorProto {
  const oneofs = type.oneofsArray.filter((oneof) => !isOfOptional(oneof))
  const message = create(DescriptorProtoSchema, {
    name: type.name,
    oneofDecl: oneofs.map(({ name }) => ({ name })),
    ...withFeatures(type),
  })
  for (const field of type.fieldsArray) {
    // Extensions of a message are also among its fields, under a name with a dot.
    if (field.name.startsWith('.')) continue
    const made = fieldOf(field, type)
    if (field instanceof MapField) message.nestedType.push(entryOf(field))
    const oneof = field.partOf === null ? -1 : oneofs.indexOf(field.partOf)
    if (oneof >= 0) made.oneofIndex = oneof
    message.field.push(made)
  }
  for (const one of type.nestedArray) {
    if (one instanceof Type) message.nestedType.push(messageOf(one))
    else if (one instanceof Enum) message.enumType.push(enumOf(one))
    else if (one instanceof Field) message.extension.push(fieldOf(one, type))
  }
  return message
}

/** A proto3 `optional` is represented as a oneof of its own. */
function isOfOptional(oneof: protobufjs.OneOf): boolean {
  return oneof.fieldsArray.length === 1 && oneof.fieldsArray[0]!.options?.['proto3_optional'] === true // its length is 1, as checked
}

function fieldOf(field: protobufjs.Field, parent: protobufjs.Type | null): FieldDescriptorProto {
  if (field.id < 1 || field.id > HIGHEST_NUMBER) {
    throw new SchemaProblem(`The number of "${field.name}" is none that a field can have.`, field.name)
  }
  const group = groupOf(field, parent)
  const jsonName: unknown = field.options?.['json_name']
  const packed: unknown = field.options?.['packed']
  const name = group === null ? field.name : group.name.toLowerCase()
  const made = create(FieldDescriptorProtoSchema, {
    name,
    number: field.id,
    jsonName: typeof jsonName === 'string' ? jsonName : jsonNameOf(name),
    label: field.rule === 'repeated' || field instanceof MapField ? Label.REPEATED : field.rule === 'required' ? Label.REQUIRED : Label.OPTIONAL, // oxfmt-ignore
    ...typeOf(field instanceof MapField ? entryName(field) : field.type),
    ...(field.extend === undefined ? {} : { extendee: field.extend }),
    ...(field.options?.['proto3_optional'] === true ? { proto3Optional: true } : {}),
    options: { ...(typeof packed === 'boolean' ? { packed } : {}), ...withFeatures(field).options },
  })
  if (group !== null) made.type = FieldType.GROUP
  return made
}

/** The message that a group declares together with its field. */
function groupOf(field: protobufjs.Field, parent: protobufjs.Type | null): protobufjs.Type | null {
  const type = (parent ?? field.parent)?.get(field.type)
  return type instanceof Type && (type as { group?: boolean }).group === true ? type : null
}

/** A type name refers to a message or an enum: which one is known once all files are there. */
function typeOf(name: string): { type?: FieldType; typeName?: string } {
  if (Object.hasOwn(KIND, name) && name !== 'group' && name !== 'message' && name !== 'enum') {
    return { type: KIND[name as keyof typeof KIND] as FieldType }
  }
  return { typeName: name }
}

function entryOf(field: protobufjs.MapField): DescriptorProto {
  const features = withFeatures(field)
  return create(DescriptorProtoSchema, {
    name: entryName(field),
    field: [
      { name: 'key', number: 1, jsonName: 'key', label: Label.OPTIONAL, ...typeOf(field.keyType), ...features },
      { name: 'value', number: 2, jsonName: 'value', label: Label.OPTIONAL, ...typeOf(field.type), ...features },
    ],
    options: { mapEntry: true },
  })
}

function entryName({ name }: { name: string }): string {
  return `${name.replace(/(^|_)([^_])/g, (_, __, letter: string) => letter.toUpperCase()).replaceAll('_', '')}Entry`
}

function enumOf(type: protobufjs.Enum): EnumDescriptorProto {
  const value = Object.entries(type.values).map(([name, number]) => ({ name, number }))
  if (value.length === 0) throw new SchemaProblem(`The enum "${type.name}" has no value.`, type.name)
  return create(EnumDescriptorProtoSchema, { name: type.name, value, ...withFeatures(type) })
}

function withFeatures({ options }: protobufjs.ReflectionObject) {
  const features = featuresOf(options?.['features'])
  return features === null ? {} : { options: { features } }
}

/** As protoc does: camel case at underscores. */
function jsonNameOf(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase())
}
