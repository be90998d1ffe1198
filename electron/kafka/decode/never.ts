import type { Decoder } from './decoder.ts'

/** For what was chosen and cannot be: it says why of each value. */
export function never(encoding: string, reason: string): Decoder {
  return { encoding, isPlain: true, onlyExplains: true, decode: () => ({ reason }) }
}
