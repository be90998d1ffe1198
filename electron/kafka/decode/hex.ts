import type { Decoder } from './decoder.ts'

/** The decoder for a user's choice: bytes to be shown in hex, whatever they may look like. */
export const hex: Decoder = { encoding: 'Hex', isPlain: true, decode: () => ({ form: 'bytes' }) }
