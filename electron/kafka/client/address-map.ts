import { addressOf, formatAddress, type Address } from '#shared/model/addresses.ts'
import type { ConnectionSpec } from './connection-spec.ts'

/** The address to connect to for an advertised address, according to the address map. */
export function mapAddress(spec: Pick<ConnectionSpec, 'addressMap'>, address: Address): Address {
  const name = formatAddress(address).toLowerCase()
  const entry = spec.addressMap?.find((candidate) => candidate.from.trim().toLowerCase() === name)
  return entry === undefined ? address : addressOf(entry.to)
}
