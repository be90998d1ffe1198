import type { Decoder } from './decoder.ts'

/** Several decoders as one, for a wrapper around them. */
export function firstOf(decoders: readonly Decoder[]): Decoder {
  return {
    encoding: 'automatic',
    isPlain: false,
    decode(bytes, context) {
      for (const decoder of decoders) {
        const answer = decoder.decode(bytes, context)
        if (answer === null) continue
        const { encoding = decoder.encoding } = answer
        if (!('reason' in answer)) return { ...answer, encoding }
      }
      return { form: 'bytes', encoding: 'bytes' }
    },
  }
}
