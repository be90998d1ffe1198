import type { FilterRecord } from '../predicate.ts'
import type { VariableName } from './language.ts'
import { absent, intOf, Moment, type Cel, type CelFault } from './values.ts'

/** The properties of a record an expression may name, beside its key, value and headers. */
export const facts: Record<
  Exclude<VariableName, 'key' | 'value' | 'headers' | `${'key' | 'value'}${'Encoding' | 'Error'}`>,
  (record: FilterRecord) => Cel | CelFault
> = {
  partition: ({ partition }) => partition,
  offset: ({ offset }) => intOf(offset),
  timestamp: ({ timestamp }) => (timestamp === -1n ? absent : new Moment(timestamp * 1_000_000n)),
  size: ({ keySize, valueSize }) => Math.max(0, keySize) + Math.max(0, valueSize),
  keySize: ({ keySize }) => keySize,
  valueSize: ({ valueSize }) => valueSize,
  headerCount: ({ headerCount }) => headerCount,
  transactional: ({ isTransactional }) => isTransactional,
  isNull: ({ valueSize }) => valueSize < 0,
}
