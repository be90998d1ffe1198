// How long a record takes on the decoding path, per codec: node tests/bench/records.ts [--rounds N]
import { BatchView } from '../../electron/kafka/records/batch-header.ts'
import { BatchWalker } from '../../electron/kafka/records/batch-walker.ts'
import { ColumnOutput } from '../../electron/kafka/records/column-output.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { RecordCursor } from '../../electron/kafka/records/record-cursor.ts'
import { CODECS, type Compression } from '../../electron/kafka/records/batch-types.ts'
import { ColumnWalker } from '../../electron/kafka/records/walk-columns.ts'
import { type Figure, tellFigures } from './figures.ts'
import { timed } from './processor-time.ts'

const BATCHES = 64
const PER_BATCH = 75
const RECORDS = BATCHES * PER_BATCH
const at = process.argv.indexOf('--rounds')
const rounds = at < 0 ? 8 : Number(process.argv[at + 1])
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** About 1 MiB of 200-byte JSON values in 16 KiB batches, as a producer with default settings sends them. */
function response(codec: Compression): Uint8Array {
  const parts: Uint8Array[] = []
  for (let b = 0; b < BATCHES; b++) {
    const records = Array.from({ length: PER_BATCH }, (_, i) => {
      const n = b * PER_BATCH + i
      const start = `{"order":${(n * 2_654_435_761) % 4_294_967_296},"customer":"c-${(n * 7919) % 9973}","note":"`
      const value = utf8(`${start}${((n * 48_271) % 2_147_483_647).toString(36).repeat(20)}`.slice(0, 198) + '"}')
      return { timestamp: 1_700_000_000_000n + BigInt(n), key: utf8(`key-${n}`), value, headers: [] }
    })
    parts.push(writeBatch(records, { codec, baseOffset: BigInt(b * PER_BATCH) }))
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** The time to touch each of the bytes once: other load of the machine affects it like our code. */
function touch(bytes: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i++) sum = (sum + bytes[i]!) | 0
  return sum
}

const figures: Figure[] = []

function measure(codec: string, name: string, bytes: number, run: () => number): string {
  for (let i = 0; i < 60; i++) run()
  const figure: Figure = { name: `${name.trim()}, ${codec} ÷ touching its bytes`, ours: [], peer: [] }
  figures.push(figure)
  const plain = response('none')
  for (let round = 0; round < rounds; round++) {
    figure.peer.push(
      timed(() => {
        if (touch(plain) === 0.5) throw new Error('never')
      }),
    )
    figure.ours.push(
      timed(() => {
        if (run() !== RECORDS) throw new Error(`${name}: wrong count`)
      }),
    )
  }
  const best = Math.min(...figure.ours)
  const nanoseconds = (best * 1e6) / RECORDS
  return `${name} ${nanoseconds.toFixed(0).padStart(5)} ns/record ${(bytes / best / 1048.576).toFixed(0).padStart(5)} MiB/s`
}

const needle = utf8('"customer":"nobody"')
for (const codec of CODECS) {
  const bytes = response(codec)
  const size = response('none').length
  const cursor = new RecordCursor()
  const output = new ColumnOutput()
  const walk = (verifyCrc: 'off' | 'report') => (): number => {
    const walker = new BatchWalker(bytes, { verifyCrc })
    let n = 0
    for (let item = walker.next(); item !== null; item = walker.next()) {
      if (!(item instanceof BatchView) || cursor.open(item) !== null) continue
      while (cursor.next()) n++
    }
    return n
  }
  const lines = [
    measure(codec, 'walk          ', size, walk('off')),
    measure(codec, 'walk, CRC     ', size, walk('report')),
    measure(codec, 'columns       ', size, () => new ColumnWalker(bytes, {}, output).take().count),
    measure(
      codec,
      'substring, 0 %',
      size,
      () => new ColumnWalker(bytes, { filter: { anyOf: [needle] } }, output).take().counts.records,
    ),
  ]
  console.log(`${codec} (${bytes.length} bytes)\n  ${lines.join('\n  ')}`)
}
tellFigures(figures)
