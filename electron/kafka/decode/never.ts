import type { Decoder } from './decoder.ts'

/** For a choice that cannot be used: it reports the reason for each value. */
export function never(encoding: string, reason: string): Decoder {
  return { encoding, isPlain: true, onlyExplains: true, decode: () => ({ reason }) }
}
