import { hexText } from '../bytes.ts'

export interface KnownHeader {
  /** Which framework writes it, and what it says. */
  label: string
  /** The value's meaning in words; null: its text already says it. */
  meant: string | null
}

/** How a value is stored: a big-endian number, a time in milliseconds since 1970, a GUID after one byte. */
type Stored = 'text' | 'number' | 'moment' | 'guid'

/**
 * The meaning of a header that a known framework writes, and of its value if that is stored in binary; null: unknown header.
 */
export function knownHeader(name: string, value: Uint8Array | null): KnownHeader | null {
  const known = table.get(name)
  if (known === undefined) return null
  const [label, stored] = known
  return { label, meant: value === null ? null : meaning(stored, value) }
}

/** null also if the bytes are not stored that way: others may use the same name for a text. */
function meaning(stored: Stored, value: Uint8Array): string | null {
  if (stored === 'text' || value.every(isDigit)) return null
  if (stored === 'guid') return value.length === 17 ? guid(value.subarray(1)) : null
  // Java's BigInteger, in which Spring stores some times, uses as few bytes as possible.
  if (value.length > 8 || (stored === 'number' && ![1, 2, 4, 8].includes(value.length))) return null
  const number = bigEndian(value)
  if (stored === 'number') return String(number)
  return number < 0n || number > LAST_MOMENT ? null : new Date(Number(number)).toISOString()
}

/** The greatest time of a JavaScript Date. */
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

/** Headers that Spring Kafka adds to a record that could not be processed: for a dead-letter topic, or for another topic. */
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

/** Headers in dead-letter topics of Kafka Connect and of Kafka Streams (KIP-1034): all of them are text. */
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
