import { create } from '@bufbuild/protobuf'
import { type FeatureSet, FeatureSetSchema } from '@bufbuild/protobuf/wkt'

/** The features of an edition that affect how bytes are read, by their names in a .proto and in a descriptor. */
const known = [
  ['field_presence', 'fieldPresence'],
  ['enum_type', 'enumType'],
  ['repeated_field_encoding', 'repeatedFieldEncoding'],
  ['utf8_validation', 'utf8Validation'],
  ['message_encoding', 'messageEncoding'],
] as const

/** The features an option `features` sets; null: none that matter here. */
export function featuresOf(option: unknown): FeatureSet | null {
  if (typeof option !== 'object' || option === null) return null
  const set: Record<string, number> = {}
  for (const [name, property] of known) {
    const symbol = Object.hasOwn(option, name) ? (option as Record<string, unknown>)[name] : undefined
    const type = FeatureSetSchema.field[property].enum! // the descriptors of these features are enums
    const value = type.values.find((one) => one.name === symbol)
    if (value !== undefined) set[property] = value.number
  }
  return Object.keys(set).length === 0 ? null : create(FeatureSetSchema, set)
}
