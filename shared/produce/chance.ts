/**
 * Reproducible random numbers: the same seed and record number give the same numbers, in whatever order and thread records are
 * made.
 */
export class Chance {
  readonly #state = new Uint32Array(4)

  constructor(seed: number, number: number) {
    // splitmix32 over both halves of both: neighbouring record numbers must not give similar numbers.
    const words = [seed, Math.floor(seed / 2 ** 32), number, Math.floor(number / 2 ** 32)]
    let mixed = 0x9e37_79b9
    for (let at = 0; at < 4; at += 1) {
      for (const word of words) mixed = mix(mixed ^ word) + 0x9e37_79b9
      this.#state[at] = mix(mixed)
    }
    // The one state that xoshiro128 never leaves.
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1
  }

  /** xoshiro128**: 32 bits. */
  word(): number {
    const state = this.#state
    const drawn = Math.imul(rotated(Math.imul(state[1]!, 5), 7), 9) // the state has four words
    const shifted = state[1]! << 9 // the state has four words
    state[2]! ^= state[0]! // the state has four words
    state[3]! ^= state[1]! // the state has four words
    state[1]! ^= state[2]! // the state has four words
    state[0]! ^= state[3]! // the state has four words
    state[2]! ^= shifted // the state has four words
    state[3] = rotated(state[3]!, 11) // the state has four words
    return drawn >>> 0
  }

  /** From 0 to below `n`, each equally likely. */
  below(n: bigint): bigint {
    let words = 1
    while (1n << BigInt(32 * words) < n) words += 1
    const space = 1n << BigInt(32 * words)
    const fair = space - (space % n)
    for (;;) {
      let drawn = 0n
      for (let at = 0; at < words; at += 1) drawn = (drawn << 32n) | BigInt(this.word())
      if (drawn < fair) return drawn % n
    }
  }

  uuid(): string {
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < 16; at += 4) view.setUint32(at, this.word())
    bytes[6] = (bytes[6]! & 0x0f) | 0x40 // the array has 16 bytes
    bytes[8] = (bytes[8]! & 0x3f) | 0x80 // the array has 16 bytes
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }
}

function mix(word: number): number {
  let mixed = word | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return mixed ^ (mixed >>> 16)
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))
