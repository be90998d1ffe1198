import { primitiveTypes, type charsets, type DecodeChoice } from '#shared/model/decode-choice.ts'

/** The decoders offered; wrappers around one are chosen separately. */
export const kinds = [
  { id: 'automatic', label: 'automatic', note: 'what is tried for all topics' },
  { id: 'json', label: 'JSON' },
  { id: 'text', label: 'text', note: 'in a charset' },
  { id: 'avro', label: 'Avro by a schema', note: '.avsc' },
  { id: 'protobuf', label: 'Protobuf by a schema', note: '.proto' },
  { id: 'descriptor-set', label: 'Protobuf by a descriptor set', note: 'protoc' },
  { id: 'registry', label: 'a schema of the registry', note: 'subject and version' },
  { id: 'protobuf-raw', label: 'Protobuf without a schema', note: 'field numbers' },
  { id: 'schema-id-4', label: 'registry’s schema, id of 4 bytes', note: 'Confluent' },
  { id: 'schema-id-8', label: 'registry’s schema, id of 8 bytes', note: 'Apicurio 2' },
  { id: 'msgpack', label: 'MessagePack' },
  { id: 'cbor', label: 'CBOR' },
  { id: 'primitive', label: 'number or UUID', note: 'Kafka’s own serialisers' },
  { id: 'list', label: 'list', note: 'Kafka’s own serialiser' },
  { id: 'hex', label: 'bytes', note: 'in hex' },
] as const
export type DecodeKind = (typeof kinds)[number]['id']

/** The types that the items of a list can have. */
export const listTypes = ['text', ...primitiveTypes] as const

export const wrappers = [
  { id: 'none', label: 'nothing' },
  { id: 'base64', label: 'base64' },
  { id: 'hex-digits', label: 'hex digits' },
  { id: 'gzip', label: 'gzip', note: 'by the application' },
  { id: 'zlib', label: 'zlib', note: 'by the application' },
  { id: 'zstd', label: 'zstd', note: 'by the application' },
  { id: 'snappy', label: 'Snappy', note: 'by the application' },
  { id: 'lz4', label: 'LZ4', note: 'by the application' },
  { id: 'time', label: 'a time window', note: 'Kafka Streams' },
  { id: 'session', label: 'a session window', note: 'Kafka Streams' },
  { id: 'stored-time', label: 'a window store’s key', note: 'Kafka Streams' },
] as const
export type WrapperKind = (typeof wrappers)[number]['id']

export interface DecodeDraft {
  readonly kind: DecodeKind
  readonly wrapper: WrapperKind
  readonly charset: (typeof charsets)[number]
  readonly type: (typeof primitiveTypes)[number]
  readonly of: (typeof listTypes)[number]
  readonly schema: string
  readonly framing: 'plain' | 'single-object'
  /** The file with the message first, then the files that it imports. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  readonly message: string
  /** In base64. */
  readonly descriptors: string
  readonly subject: string
  /** Empty: the latest. */
  readonly version: string
  /** Number of bytes before the data. */
  readonly skip: string
}

export const emptyDraft: DecodeDraft = {
  kind: 'automatic',
  wrapper: 'none',
  charset: 'utf-8',
  type: 'long',
  of: 'text',
  schema: '',
  framing: 'plain',
  files: [{ name: 'schema.proto', text: '' }],
  message: '',
  descriptors: '',
  subject: '',
  version: '',
  skip: '0',
}

/** The choice that a draft describes, or what is missing. */
export function choiceOf(draft: DecodeDraft): DecodeChoice | string {
  const inner = innerOf(draft)
  if (typeof inner === 'string') return inner
  const { wrapper } = draft
  switch (wrapper) {
    case 'none':
      return inner
    case 'base64':
    case 'hex-digits':
      return { as: wrapper, around: inner }
    case 'time':
    case 'session':
    case 'stored-time':
      return { as: 'windowed', window: wrapper, around: inner }
    default:
      return { as: 'compressed', by: wrapper, around: inner }
  }
}

function innerOf(draft: DecodeDraft): DecodeChoice | string {
  const { kind, charset, type, of, schema, framing, files, message } = draft
  switch (kind) {
    case 'text':
      return { as: 'text', charset }
    case 'avro':
      return schema.trim() === '' ? 'Which schema? Paste it, or open an .avsc file.' : { as: 'avro', schema, framing }
    case 'protobuf': {
      const texts = files.filter(({ text }) => text.trim() !== '')
      if (texts.length === 0) return 'Which schema? Paste it, or open a .proto file.'
      if (message.trim() === '') return 'Which message? By its full name, such as acme.Order.'
      return {
        as: 'protobuf',
        from: { kind: 'files', files: texts.map((file) => ({ ...file })) },
        message: message.trim(),
      }
    }
    case 'descriptor-set':
      return ofDescriptors(draft)
    case 'registry':
      return ofRegistry(draft)
    case 'schema-id-4':
      return { as: 'schema-id', bytes: 4 }
    case 'schema-id-8':
      return { as: 'schema-id', bytes: 8 }
    case 'primitive':
      return { as: 'primitive', type }
    case 'list':
      return { as: 'list', of }
    default:
      return { as: kind }
  }
}

function ofDescriptors({ descriptors, message }: DecodeDraft): DecodeChoice | string {
  const base64 = descriptors.replaceAll(/\s/g, '')
  if (base64 === '') return 'Which descriptor set? Open the file that protoc wrote, or paste its base64.'
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return 'That is not base64.'
  if (message.trim() === '') return 'Which message? By its full name, such as acme.Order.'
  return { as: 'protobuf', from: { kind: 'descriptor-set', base64 }, message: message.trim() }
}

function ofRegistry({ subject, version, message, skip }: DecodeDraft): DecodeChoice | string {
  if (subject.trim() === '') return 'Which subject of the registry?'
  if (!/^(?:[1-9]\d{0,8})?$/.test(version.trim())) return 'A version is a whole number; leave it empty for the latest.'
  if (!/^\d{1,2}$/.test(skip.trim()) || Number(skip) > 64) return 'The number of bytes before the data: 0 to 64.'
  return {
    as: 'registry',
    schema: { by: 'subject', subject: subject.trim(), version: version.trim() === '' ? null : Number(version) },
    message: message.trim() === '' ? null : message.trim(),
    skip: Number(skip),
  }
}

/** The form's fields for an existing choice; undefined: the form cannot show all of it. */
export function draftOf(choice: DecodeChoice, wrapper: WrapperKind = 'none'): DecodeDraft | undefined {
  if ('around' in choice) {
    if (wrapper !== 'none') return undefined
    return draftOf(choice.around, choice.as === 'windowed' ? choice.window : choice.as === 'compressed' ? choice.by : choice.as) // oxfmt-ignore
  }
  const draft = { ...emptyDraft, wrapper }
  switch (choice.as) {
    case 'registry': {
      const { schema, message, skip } = choice
      if (schema.by !== 'subject') return undefined
      const version = schema.version === null ? '' : String(schema.version)
      return {
        ...draft,
        kind: 'registry',
        subject: schema.subject,
        version,
        message: message ?? '',
        skip: String(skip),
      }
    }
    case 'text':
      return { ...draft, kind: 'text', charset: choice.charset }
    case 'avro':
      return { ...draft, kind: 'avro', schema: choice.schema, framing: choice.framing }
    case 'protobuf':
      if (choice.from.kind !== 'files')
        return { ...draft, kind: 'descriptor-set', descriptors: choice.from.base64, message: choice.message }
      return { ...draft, kind: 'protobuf', files: choice.from.files, message: choice.message }
    case 'schema-id':
      return { ...draft, kind: choice.bytes === 4 ? 'schema-id-4' : 'schema-id-8' }
    case 'primitive':
      return { ...draft, kind: 'primitive', type: choice.type }
    case 'list':
      return { ...draft, kind: 'list', of: choice.of }
    default:
      return { ...draft, kind: choice.as }
  }
}
