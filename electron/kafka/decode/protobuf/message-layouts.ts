import type { DescEnum, DescExtension, DescField, DescMessage, Registry } from '@bufbuild/protobuf'
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt'
import { bytesOfText } from '#shared/bytes.ts'
import { absentJson, type FieldLayout, MessageLayout, type Shape, type Symbols } from './message-layout.ts'
import { wellKnownForm } from './well-known.ts'
import { KIND } from './proto-reader.ts'

const typeNames = new Map<number, string>(Object.entries(KIND).map(([name, kind]) => [kind, name]))

/** The layouts of a schema's messages, each made when first needed, with all it can contain. */
export class MessageLayouts {
  readonly #registry: Registry
  readonly #layouts = new Map<DescMessage, MessageLayout>()
  readonly #symbols = new Map<DescEnum, Symbols>()
  readonly #extensions = new Map<string, DescExtension[]>()
  #pending: DescMessage[] = []

  constructor(registry: Registry) {
    this.#registry = registry
    for (const type of registry) {
      if (type.kind !== 'extension') continue
      const { typeName } = type.extendee
      const known = this.#extensions.get(typeName)
      if (known === undefined) this.#extensions.set(typeName, [type])
      else known.push(type)
    }
  }

  named(type: string): MessageLayout | null {
    const message = this.#registry.getMessage(type)
    return message === undefined ? null : this.of(message)
  }

  of(message: DescMessage): MessageLayout {
    const layout = this.#layoutOf(message)
    // In a loop instead of recursion: a chain of messages may be of any length.
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#fill(next)
    return layout
  }

  #layoutOf(message: DescMessage): MessageLayout {
    const known = this.#layouts.get(message)
    if (known !== undefined) return known
    const layout = new MessageLayout(message.typeName, wellKnownForm(message.typeName, message.file.proto.name))
    this.#layouts.set(message, layout)
    this.#pending.push(message)
    return layout
  }

  #fill(message: DescMessage): void {
    const extensions = this.#extensions.get(message.typeName) ?? []
    const all = [...message.fields, ...extensions]
    const oneofs = message.oneofs
    const fields = all.map((field) => {
      const oneof = field.oneof === undefined ? -1 : all.length + 2 + oneofs.indexOf(field.oneof)
      return this.#field(field, oneof)
    })
    this.#layoutOf(message).fill(fields, oneofs.length)
  }

  #field(field: DescField | DescExtension, oneof: number): FieldLayout {
    const holds = field.fieldKind === 'list' ? 'list' : field.fieldKind === 'map' ? 'map' : 'one'
    const name = field.kind === 'extension' ? `[${field.typeName}]` : field.name
    const isMessage = field.message !== undefined
    return fieldLayout({
      name,
      jsonName: field.jsonName,
      number: field.number,
      shape: field.fieldKind === 'map' ? this.#entryOf(field) : this.#shapeOf(field),
      holds,
      isPacked: field.fieldKind === 'list' && field.packed,
      isRequired: field.presence === FeatureSet_FieldPresence.LEGACY_REQUIRED,
      hasPresence: field.kind === 'extension' || (holds === 'one' && (isMessage || field.presence !== FeatureSet_FieldPresence.IMPLICIT)), // oxfmt-ignore
      oneof,
      oneofName: field.oneof?.name ?? '',
    })
  }

  #shapeOf(field: DescField | DescExtension): Shape {
    const { scalar, message } = field
    const isVerified = field.utf8Validation
    if (message !== undefined) {
      const isGroup = 'delimitedEncoding' in field && field.delimitedEncoding === true
      const kind = isGroup ? KIND.group : KIND.message
      return { kind, type: message.typeName, symbols: null, layout: this.#layoutOf(message), isVerified }
    }
    if (field.enum !== undefined) {
      return {
        kind: KIND.enum,
        type: field.enum.typeName,
        symbols: this.#symbolsOf(field.enum),
        layout: null,
        isVerified,
      }
    }
    return { kind: scalar!, type: typeNames.get(scalar!)!, symbols: null, layout: null, isVerified } // a field that is neither message nor enum is scalar, and every scalar has a name
  }

  /** On the wire, a map entry is a message with two fields. */
  #entryOf(field: DescField & { fieldKind: 'map' }): Shape {
    const value = this.#shapeOf(field)
    const keyType = typeNames.get(field.mapKey)! // a map's key is scalar, and every scalar has a name
    const key: Shape = { kind: field.mapKey, type: keyType, symbols: null, layout: null, isVerified: true }
    const type = `map<${keyType}, ${value.type}>`
    const layout = new MessageLayout(type, { kind: 'record' })
    layout.fill([entryField('key', 1, key), entryField('value', 2, value)], 0)
    return { kind: KIND.message, type, symbols: null, layout, isVerified: true }
  }

  #symbolsOf(of: DescEnum): Symbols {
    const known = this.#symbols.get(of)
    if (known !== undefined) return known
    const isNull = of.typeName === 'google.protobuf.NullValue'
    const byNumber = new Map<number, { name: string; json: Uint8Array }>()
    // If two names have the same number, the first one is used.
    for (const { number, name } of of.values.toReversed()) {
      byNumber.set(number, { name, json: bytesOfText(isNull ? 'null' : JSON.stringify(name)) })
    }
    const symbols: Symbols = {
      byNumber,
      byName: new Map(of.values.map(({ name, number }) => [name, number])),
      zero: of.open ? 0 : (of.values[0]?.number ?? 0),
      isNull,
    }
    this.#symbols.set(of, symbols)
    return symbols
  }
}

function entryField(name: string, number: number, shape: Shape): FieldLayout {
  return fieldLayout({
    name,
    jsonName: name,
    number,
    shape,
    holds: 'one',
    isPacked: false,
    isRequired: false,
    hasPresence: true,
    oneof: -1,
    oneofName: '',
  })
}

function fieldLayout(about: Omit<FieldLayout, 'isRun' | 'key' | 'absent'>): FieldLayout {
  const { name, shape, holds, hasPresence } = about
  const key = `${JSON.stringify(name)}:`
  const absent = hasPresence ? null : absentJson(about)
  return {
    ...about,
    isRun: holds !== 'one' || shape.layout !== null,
    key: bytesOfText(key),
    absent: absent === null ? null : bytesOfText(key + Buffer.from(absent).toString()),
  }
}
