import type { Decoder } from './decoder.ts'

/** By choice: bytes that shall be seen as such, whatever they may look like. */
export const hex: Decoder = { encoding: 'Hex', isPlain: true, decode: () => ({ form: 'bytes' }) }
