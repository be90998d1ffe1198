import { utf8Text } from '#shared/bytes.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import { isReadable } from '#shared/model/decoded.ts'
import { spelledBytes } from '#shared/filters/spelling.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import { keyText, type Value } from '#shared/model/decoded-value.ts'
import { foundIn } from './field-menu.ts'
import { conditionOf } from './search-conditions.ts'

/** The most parts of a compound key, and bytes of a key without encoding, that a condition names. */
const MOST_PARTS = 20
const MOST_BYTES = 256

/** An expression that all records with this record's key satisfy; null: it has no key, or one that cannot be expressed. */
export function sameKeyOf({ key, keySize, keyAs }: FullRecord): string | null {
  if (key === null || keyAs === null || key.length < keySize || keyAs.isCut) return null
  const { form, value } = keyAs
  const written = keyAs.written ?? key
  if (value === null && !isReadable(form)) return written.length > MOST_BYTES ? null : `key == ${spelledBytes(written)}`
  const text = value === null ? utf8Text(written) : null
  const parts = value !== null ? conditionsOf([], value) : text !== null ? conditionsOf([], { kind: 'text', value: text }) : null // oxfmt-ignore
  return parts !== null && parts.length > 0 && parts.length <= MOST_PARTS ? parts.join(' && ') : null
}

/** One condition per leaf; null: one of them cannot be expressed. */
function conditionsOf(path: ValuePath, value: Value): string[] | null {
  const inside =
    value.kind === 'record'
      ? value.fields.map(({ name, value: of }) => [name, of] as const)
      : value.kind === 'map'
        ? value.entries.map(({ key, value: of }) => [keyText(key), of] as const)
        : undefined
  if (inside === undefined) {
    const condition = conditionOf({ part: 'key', path }, foundIn(value), true)
    return condition === null ? null : [condition]
  }
  const found: string[] = []
  for (const [name, of] of inside) {
    const more = found.length > MOST_PARTS ? null : conditionsOf([...path, name], of)
    if (more === null) return null
    found.push(...more)
  }
  return found
}
