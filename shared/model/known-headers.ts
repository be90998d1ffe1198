import { hexText } from '../bytes.ts'

export interface KnownHeader {
  /** Whose it is, and what it says. */
  label: string
  /** The value as it is meant; null: the text says so itself. */
  meant: string | null
}

/** How a value is stored: a number big-endian, a moment as its milliseconds since 1970, a GUID behind a byte. */
type Stored = 'text' | 'number' | 'moment' | 'guid'

/** A header that a framework writes: what it says, and what it means where it is stored in binary; null: nobody is known to. */
export function knownHeader(name: string, value: Uint8Array | null): KnownHeader | null {
  const known = table.get(name)
  if (known === undefined) return null
  const [label, stored] = known
  return { label, meant: value === null ? null : meaning(stored, value) }
}

/** null also where the bytes are not stored so: others may use the name for text. */
function meaning(stored: Stored, value: Uint8Array): string | null {
  if (stored === 'text' || value.every(isDigit)) return null
  if (stored === 'guid') return value.length === 17 ? guid(value.subarray(1)) : null
  // Java's BigInteger, in which Spring keeps some moments, takes as few bytes as it can.
  if (value.length > 8 || (stored === 'number' && ![1, 2, 4, 8].includes(value.length))) return null
  const number = bigEndian(value)
  if (stored === 'number') return String(number)
  return number < 0n || number > LAST_MOMENT ? null : new Date(Number(number)).toISOString()
}

/** As far as a Date goes. */
const LAST_MOMENT = 8_640_000_000_000_000n

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

function bigEndian(value: Uint8Array): bigint {
  let whole = 0n
  for (const byte of value) whole = (whole << 8n) | BigInt(byte)
  return BigInt.asIntN(value.length * 8, whole)
}

function guid(bytes: Uint8Array): string {
  return hexText(bytes)
    .replaceAll(' ', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** Of a record that could not be processed, as Spring Kafka writes it along: to a dead-letter topic, or to another. */
const springFailure: [string, string, Stored][] = [
  ['original-topic', 'topic it failed in', 'text'],
  ['original-partition', 'partition it failed in', 'number'],
  ['original-offset', 'offset it failed at', 'number'],
  ['original-timestamp', 'timestamp of the record that failed', 'moment'],
  ['original-timestamp-type', 'whose timestamp that is', 'text'],
  ['original-consumer-group', 'group that failed', 'text'],
  ['exception-fqcn', 'exception', 'text'],
  ['exception-cause-fqcn', 'cause of the exception', 'text'],
  ['exception-message', 'message of the exception', 'text'],
  ['exception-stacktrace', 'stack trace', 'text'],
  ['key-exception-fqcn', 'exception over the key', 'text'],
  ['key-exception-message', 'message of the exception over the key', 'text'],
  ['key-exception-stacktrace', 'stack trace over the key', 'text'],
]

/** Kafka Connect's dead-letter topics, and those of Kafka Streams (KIP-1034): all of it text. */
const connectErrors: [string, string][] = [
  ['topic', 'topic it failed in'],
  ['partition', 'partition it failed in'],
  ['offset', 'offset it failed at'],
  ['connector.name', 'connector that failed'],
  ['task.id', 'task that failed'],
  ['stage', 'stage it failed in'],
  ['class.name', 'class that failed'],
  ['exception.class.name', 'exception'],
  ['exception.message', 'message of the exception'],
  ['exception.stacktrace', 'stack trace'],
]
const streamsErrors: [string, string][] = [
  ['topic', 'topic it failed in'],
  ['partition', 'partition it failed in'],
  ['offset', 'offset it failed at'],
  ['exception', 'exception'],
  ['message', 'message of the exception'],
  ['stacktrace', 'stack trace'],
]

const others: [string, string, Stored][] = [
  ['traceparent', 'W3C trace context: trace and span', 'text'],
  ['tracestate', 'W3C trace context: what vendors add', 'text'],
  ['baggage', 'W3C baggage', 'text'],
  ['b3', 'Zipkin: trace and span', 'text'],
  ['X-B3-TraceId', 'Zipkin: trace', 'text'],
  ['X-B3-SpanId', 'Zipkin: span', 'text'],
  ['X-B3-ParentSpanId', 'Zipkin: parent span', 'text'],
  ['X-B3-Sampled', 'Zipkin: whether it is sampled', 'text'],
  ['uber-trace-id', 'Jaeger: trace and span', 'text'],
  ['kafka_replyTopic', 'Spring: topic for the reply', 'text'],
  ['kafka_replyPartition', 'Spring: partition for the reply', 'number'],
  ['kafka_correlationId', 'Spring: which reply belongs to which request', 'text'],
  ['kafka_deliveryAttempt', 'Spring: attempt', 'number'],
  ['retry_topic-attempts', 'Spring: attempts so far', 'number'],
  ['retry_topic-original-timestamp', 'Spring: when it was first tried', 'moment'],
  ['retry_topic-backoff-timestamp', 'Spring: when it is tried again', 'moment'],
  ['spring_json_header_types', 'Spring: types of the other headers', 'text'],
  ['__TypeId__', 'Spring: Java type of the value', 'text'],
  ['__ContentTypeId__', 'Spring: Java type of what the value contains', 'text'],
  ['__KeyTypeId__', 'Spring: Java type of the key', 'text'],
  ['__key_schema_id', 'Confluent: schema of the key', 'guid'],
  ['__value_schema_id', 'Confluent: schema of the value', 'guid'],
  ...['key', 'value'].flatMap((part): [string, string, Stored][] => [
    [`apicurio.${part}.globalId`, `Apicurio: global id of the ${part}’s schema`, 'number'],
    [`apicurio.${part}.contentId`, `Apicurio: content id of the ${part}’s schema`, 'number'],
  ]),
]

const table = new Map<string, readonly [label: string, stored: Stored]>([
  ...['kafka_dlt-', 'kafka_'].flatMap((prefix) =>
    springFailure.map(([name, label, stored]): [string, [string, Stored]] => [
      `${prefix}${name}`,
      [`Spring: ${label}`, stored],
    ]),
  ),
  ...errors('__connect.errors.', 'Kafka Connect', connectErrors),
  ...errors('__streams.errors.', 'Kafka Streams', streamsErrors),
  ...others.map(([name, label, stored]): [string, [string, Stored]] => [name, [label, stored]]),
])

function errors(prefix: string, who: string, all: [string, string][]): [string, [string, Stored]][] {
  return all.map(([name, label]) => [`${prefix}${name}`, [`${who}: ${label}`, 'text']])
}
