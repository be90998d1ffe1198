import { describe, expect, it } from 'vitest'
import { type Encoder, KafkajsEncoder } from './kafkajs-internals.ts'
import { patchKafkajs } from './kafkajs-patches.ts'

interface WholeEncoder extends Encoder {
  buffer: Buffer
  writeInt32(value: number): WholeEncoder
  writeBytes(value: Buffer): WholeEncoder
}
const newEncoder = (): WholeEncoder => Reflect.construct(KafkajsEncoder as unknown as new () => WholeEncoder, [])

describe('the patched encoder', () => {
  it('takes no more memory for a large request than the request has, and writes the same bytes', () => {
    patchKafkajs()
    const field = Buffer.alloc(520_000, 'x')
    const encoder = newEncoder().writeInt32(7).writeBytes(field)
    expect(encoder.buf.length).toBe(4 + 4 + field.length)
    const small = Buffer.from('after it')
    const { buffer } = encoder.writeBytes(small)
    const size = (of: Buffer) => Buffer.from(new Uint32Array([of.length]).buffer).swap32()
    const wanted = [Buffer.from([0, 0, 0, 7]), size(field), field, size(small), small]
    expect(buffer.equals(Buffer.concat(wanted))).toBe(true)
  })
})
