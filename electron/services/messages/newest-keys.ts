import type { RecordKeys } from '../../kafka/records/key-hashes.ts'

/** For all partitions: at most 64 MiB, half of them empty. */
const MOST_KEYS = 4 << 20

/**
 * Which keys of each partition were seen: going backward, the first record of a key is the newest, as compaction would leave
 * it.
 */
export class NewestKeys {
  #tables = new Map<number, KeyTable>()
  #count = 0

  get isFull(): boolean {
    return this.#count >= MOST_KEYS
  }

  /** The rows of a piece, from its end, that are the newest of their keys. Each row without a key counts. */
  newestRows(partition: number, { hash, row }: RecordKeys): number[] {
    let table = this.#tables.get(partition)
    if (table === undefined) this.#tables.set(partition, (table = new KeyTable()))
    const before = table.count
    const rows: number[] = []
    for (let i = row.length - 1; i >= 0; i -= 1) {
      const [high, low] = [hash[2 * i]!, hash[2 * i + 1]!] // a hash is two numbers
      const isNew = (high === 0 && low === 0) || table.add(high, low)
      if (isNew && row[i]! >= 0) rows.push(row[i]!) // the columns have a row per hash
    }
    this.#count += table.count - before
    return rows
  }
}

/** A set of 64-bit numbers in one array: a `Set` would take ten times the memory. */
class KeyTable {
  count = 0
  #slots = new Uint32Array(2 * 1_024)

  /** False: it was already there. */
  add(high: number, low: number): boolean {
    if (4 * this.count >= this.#slots.length) this.#grow()
    const at = this.#find(this.#slots, high, low)
    if (this.#slots[at] === high && this.#slots[at + 1] === low) return false
    this.#slots[at] = high
    this.#slots[at + 1] = low
    this.count += 1
    return true
  }

  /** Where it is, or would be. The low half is never 0. */
  #find(slots: Uint32Array, high: number, low: number): number {
    const mask = slots.length / 2 - 1
    let slot = (high ^ low) & mask
    while (slots[2 * slot + 1] !== 0 && (slots[2 * slot] !== high || slots[2 * slot + 1] !== low))
      slot = (slot + 1) & mask
    return 2 * slot
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length)
    for (let i = 0; i < this.#slots.length; i += 2) {
      const [high, low] = [this.#slots[i]!, this.#slots[i + 1]!] // a key takes two slots
      if (low === 0) continue
      const at = this.#find(slots, high, low)
      slots[at] = high
      slots[at + 1] = low
    }
    this.#slots = slots
  }
}
