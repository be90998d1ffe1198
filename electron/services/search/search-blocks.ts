import { z } from 'zod'
import { KeptSearch, SearchOf } from '#shared/contract/searches.ts'
import { Covered, ScanLedger } from '#shared/model/ledger.ts'
import { RowColumns } from '#shared/model/rows.ts'
import { SearchName } from '#shared/model/search-name.ts'
import { SpreadDelta } from '#shared/model/spread.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'

/** The settings of a search that may change without reading anything. */
const { name, direction, order } = KeptSearch.shape
const Changing = z.strictObject({
  of: SearchOf,
  /** One per topic. */
  ledgers: z.array(ScanLedger),
  name,
  direction,
  order,
})
export type Changing = z.infer<typeof Changing>

/**
 * The blocks of a search's file. The first block has the whole state, and each later one changes it: a frame has the hits
 * together with the offsets they were found in, so that both are kept or neither is.
 */
const Block = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('begun'),
    format: z.literal(1),
    search: SearchName,
    startedAt: z.number().int(),
    ...Changing.shape,
  }),
  z.strictObject({
    kind: z.literal('frame'),
    topic: z.number().int().min(0),
    rows: RowColumns,
    covered: z.array(Covered),
    spreads: SpreadDelta,
  }),
  z.strictObject({
    kind: z.literal('changed'),
    of: SearchOf.exactOptional(),
    ledgers: Changing.shape.ledgers.exactOptional(),
    name: name.exactOptional(),
    direction: direction.exactOptional(),
    order: order.exactOptional(),
  }),
  /** The summary for lists, which read only the last block. */
  z.strictObject({
    kind: z.literal('sum'),
    kept: KeptSearch.omit({ bytes: true, changedAt: true, isRunning: true, stopped: true }),
  }),
])
export type Block = z.infer<typeof Block>
export type Begun = Extract<Block, { kind: 'begun' }>
export type Frame = Extract<Block, { kind: 'frame' }>

export function encodeBlock(block: Block): Uint8Array {
  return encodeWire(block)
}

/** null: not a block that this version knows. */
export function decodeBlock(content: Uint8Array): Block | null {
  try {
    const parsed = Block.safeParse(decodeWire(content))
    return parsed.success && isSound(parsed.data) ? parsed.data : null
  } catch {
    return null
  }
}

/** A checksum shows that it is what was written, not that this app wrote it. */
function isSound(block: Block): boolean {
  if (block.kind !== 'frame') return true
  const { count, partition, offset, timestamp, flags, keySize, valueSize, headerCount, decodedAs, ends } = block.rows
  const columns = [partition, offset, timestamp, flags, keySize, valueSize, headerCount, decodedAs]
  return columns.every(({ length }) => length === count) && ends.length === 2 * count
}
