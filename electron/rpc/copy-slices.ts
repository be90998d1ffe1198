/**
 * The value with every typed array that is a slice of a larger buffer replaced by a copy of its own bytes. A structured clone
 * of a slice sends the whole buffer: for a Kafka fetch response that is megabytes per row, including neighbouring records.
 * Unchanged parts are shared, not copied.
 */
export function ownBytes<T>(value: T): T {
  return own(value) as T
}

function own(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (ArrayBuffer.isView(value)) return ownView(value)
  if (Array.isArray(value)) {
    const items = value as unknown[]
    let copy: unknown[] | undefined
    for (let index = 0; index < items.length; index += 1) {
      const item = own(items[index])
      if (item !== items[index]) (copy ??= [...items])[index] = item
    }
    return copy ?? items
  }
  const fields = value as Record<string, unknown>
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(fields)) {
    const item = own(fields[key])
    if (item !== fields[key]) (copy ??= { ...fields })[key] = item
  }
  return copy ?? fields
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  if (Buffer.isBuffer(view)) return new Uint8Array(view)
  if (view.byteLength === view.buffer.byteLength) return view
  if (view instanceof Uint8Array) return new Uint8Array(view)
  if (view instanceof Int32Array) return new Int32Array(view)
  if (view instanceof Float64Array) return new Float64Array(view)
  if (view instanceof BigInt64Array) return new BigInt64Array(view)
  return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
}
