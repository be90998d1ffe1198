import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import type { windows } from '#shared/model/decode-choice.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import type { Decoder, Success } from './decoder.ts'
import { instantText } from './date-time.ts'
import { bytesValue, textValue } from './tree-limits.ts'

const sizes = { start: 8, end: 8, sequence: 4 }
/** The parts after the key, in the order of the bytes. */
const layouts = {
  time: ['start'],
  session: ['end', 'start'],
  'stored-time': ['start', 'sequence'],
} as const satisfies Record<(typeof windows)[number], readonly (keyof typeof sizes)[]>

/** The decoder for a user's choice: a key of Kafka Streams with its window. A time window's length is not in its key. */
export function windowed(window: keyof typeof layouts, inner: Decoder): Decoder {
  const fields = layouts[window]
  const size = fields.reduce((sum, field) => sum + sizes[field], 0)
  return {
    encoding: `Kafka Streams ${window} window of ${inner.encoding}`,
    isPlain: false,
    decode(bytes, context) {
      if (bytes.length < size) return { reason: 'it is too short to have a window' }
      const end = bytes.length - size
      const key = bytes.subarray(0, end)
      // Paths refer to the whole that is written here, not to the key inside.
      const { connection, topic, partition, part, key: whole, headers } = context
      const found = inner.decode(key, { connection, topic, partition, part, key: whole, headers })
      if (found === null) return { reason: `its key is no ${inner.encoding}` }
      if ('missing' in found) return found
      if ('reason' in found) return { reason: `its key: ${found.reason}` }
      const view = new DataView(bytes.buffer, bytes.byteOffset + end, size)
      const parts = partsOf(fields, view)
      const rest = parts.map(({ name, value }) => `${JSON.stringify(name)}:${jsonOf(value)}`).join(',')
      return {
        form: 'json',
        written: bytesOfText(`{"key":${jsonOfAnswer(found, key)},${rest}}`),
        value: () => ({ kind: 'record', type: `${window} window`, fields: [{ name: 'key', value: valueOf(found, key) }, ...parts] }), // oxfmt-ignore
      }
    },
  }
}

function partsOf(fields: readonly (keyof typeof sizes)[], view: DataView): { name: string; value: Value }[] {
  let at = 0
  return fields.map((name) => {
    const start = at
    at += sizes[name]
    if (name === 'sequence') return { name, value: { kind: 'integer', value: BigInt(view.getInt32(start)) } }
    const value = view.getBigInt64(start)
    const meant = instantText(value, 3, false)
    return { name, value: { kind: 'integer', value, type: 'timestamp', ...(meant === null ? {} : { meant }) } }
  })
}

/** The tree of what a decoder found in `bytes`. */
function valueOf(found: Success, bytes: Uint8Array): Value {
  if (found.value !== undefined) return found.value()
  const { form, written = bytes } = found
  return form === 'bytes' ? bytesValue(written) : textValue(utf8Text(written)!) // every form but `bytes` was found to be UTF-8
}

function jsonOfAnswer(found: Success, bytes: Uint8Array): string {
  return found.form === 'json' ? utf8Text(found.written ?? bytes)! : jsonOf(valueOf(found, bytes)) // what was taken as JSON is UTF-8
}
