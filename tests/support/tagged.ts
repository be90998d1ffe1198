import { keyText, type Value } from '#shared/model/decoded-value.ts'

/** A value with tags, as serialisers/values.py writes it: a kind, and text or further tagged values. */
export type Tagged = [string] | [string, string] | ['list', Tagged[]] | ['fields', [string, Tagged][]]

/** Our tree in the form of Confluent's Python. */
export function taggedValue(value: Value): Tagged {
  if (value.meant !== undefined) return ['meant', trimmed(value.meant)]
  switch (value.kind) {
    case 'null':
      return ['null']
    case 'boolean':
    case 'integer':
      return [value.kind, String(value.value)]
    case 'float':
      return ['float', bitsOf(value.value)]
    case 'decimal':
      return ['decimal', value.digits]
    case 'text':
      return ['text', value.value]
    case 'bytes':
      return ['bytes', Buffer.from(value.value).toString('hex')]
    case 'enum':
      return ['text', value.symbol]
    case 'list':
      return ['list', value.items.map(taggedValue)]
    case 'record':
      return fields(value.fields.map((field) => [field.name, taggedValue(field.value)]))
    case 'map':
      return fields(value.entries.map((entry) => [keyText(entry.key), taggedValue(entry.value)]))
    case 'cut':
      throw new Error(`a value was cut: ${value.why}`)
  }
}

/** Sorted by names, in the order of code units. */
export function sorted(tagged: Tagged): Tagged {
  if (tagged[0] === 'list') return ['list', (tagged[1] as Tagged[]).map(sorted)]
  if (tagged[0] === 'fields') {
    return fields((tagged[1] as [string, Tagged][]).map(([name, value]) => [name, sorted(value)]))
  }
  return tagged
}

function fields(all: [string, Tagged][]): Tagged {
  return ['fields', all.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))]
}

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

/** Without trailing zeros of seconds, which only show how a time is stored. */
function trimmed(text: string): string {
  return text.replace(/(\.\d*?)0+(?=[Zs]?$)/, '$1').replace(/\.(?=[Zs]?$)/, '')
}
