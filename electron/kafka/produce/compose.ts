import { hexText, utf8Text } from '#shared/bytes.ts'
import type { PreviewRecord } from '#shared/contract/produce.ts'
import type { HeaderInput, PartInput, PlainInput, RecordInput } from '#shared/model/produce.ts'
import { Chance } from '#shared/produce/chance.ts'
import { readTemplate, type GeneratorContext, type Template, type TemplateProblem } from '#shared/produce/generators.ts'
import type { EncodeProblem } from '../decode/codec.ts'
import type { OnItsWay } from '../decode/decoder.ts'
import type { WorkerSchemas } from '../decode/worker-schemas.ts'
import { BATCH_OVERHEAD, recordSize } from '../records/batch-writer.ts'
import type { RecordHeader } from '../records/batch-types.ts'
import { partitionForKey } from '../sending/partitioner.ts'
import { RecordAccumulator } from './record-accumulator.ts'
import { encodePlain, PartEncoder, type EncodedPart, type PartAnswer } from './encode-part.ts'
import { readRecordLine, type RecordLine } from './record-line.ts'
import type { Composed, ComposeFrom, ComposeProblem, ComposeSettings, PartName } from './compose-task.ts'

/** For how many bad records the problems are listed; the others are only counted. */
const MOST_TOLD = 100
/** Characters of a part that are previewed. */
const SHOWN_CHARACTERS = 4_096
const SHOWN_BYTES = 64
const SHOWN_HEADERS = 50
/**
 * Records without a key: this many in a row go to one partition, and then to the next, a batch each, as Kafka's own producers
 * do.
 */
const STICKY = 100

/** Makes records of a part of a source: batches, what a plan needs to know about them, or what is wrong with them. */
export function compose(
  from: ComposeFrom,
  settings: ComposeSettings,
  schemas: WorkerSchemas,
): { composed: Composed; missing: ReadonlySet<OnItsWay> } {
  const composer = new Composer(settings, schemas)
  switch (from.kind) {
    case 'records':
      from.records.forEach((record, at) => composer.input(record, from.first + at))
      break
    case 'generated':
      composer.generated(from)
      break
    case 'lines':
      composer.lines(from)
      break
  }
  return { composed: composer.end(), missing: composer.missing }
}

/** A record whose parts are encoded, or known to be wrong. */
interface Ready {
  line: number
  partition: number | null
  timestamp: bigint | null
  key: PartAnswer | null
  value: PartAnswer | null
  headers: readonly RecordHeader[]
}

class Composer {
  readonly #settings: ComposeSettings
  readonly #encoder: PartEncoder
  readonly #batches: RecordAccumulator | null
  readonly #places = new Map<number, number>()
  readonly #made: Omit<Composed, 'batches' | 'places' | 'used'> = {
    records: 0,
    bytes: 0,
    tombstones: 0,
    withoutKey: 0,
    largest: null,
    oldest: null,
    newest: null,
    problems: [],
    bad: 0,
    preview: [],
    parts: { key: { size: -1, rendered: null }, value: { size: -1, rendered: null } },
    addedHeaders: [],
    lines: 0,
  }

  constructor(settings: ComposeSettings, schemas: WorkerSchemas) {
    this.#settings = settings
    this.#encoder = new PartEncoder(settings, schemas)
    this.#batches = settings.maxBatchBytes === null ? null : new RecordAccumulator(settings.maxBatchBytes)
  }

  get missing(): ReadonlySet<OnItsWay> {
    return this.#encoder.missing
  }

  end(): Composed {
    return {
      ...this.#made,
      batches: this.#batches?.take() ?? [],
      places: [...this.#places].sort(([a], [b]) => a - b),
      used: [...this.#encoder.used.values()],
    }
  }

  input(record: RecordInput, line: number): void {
    this.#made.lines += 1
    const { headers, problems } = plainHeaders(record.headers)
    const part = (of: PartName): PartAnswer | null => {
      const input = record[of]
      return input === null ? null : this.#encoder.input(of, input)
    }
    this.#add({ ...record, line, key: part('key'), value: part('value'), headers }, problems)
  }

  generated({ record, first, count }: Extract<ComposeFrom, { kind: 'generated' }>): void {
    const maker = new RecordMaker(record)
    const { seed } = this.#settings
    for (let number = first; number < first + count; number += 1) {
      this.#made.lines += 1
      const context = { chance: new Chance(seed, number), number, now: Date.now() }
      const part = (of: PartName): PartAnswer | null => {
        const made = maker.part(of, context)
        if (made === null) return null
        if ('problems' in made) return { problems: made.problems.map(fromTemplate) }
        this.#made.parts[of].rendered = made.isPlain ? null : shortened(textOf(made.input) ?? '')
        // A part that is the same in each record is encoded once.
        const known = made.isPlain ? maker.plain[of] : null
        if (known !== null) return known
        const answer = this.#encoder.input(of, made.input)
        if ('problems' in answer) return { problems: answer.problems.map((one) => (one.at === null ? one : { ...one, at: made.placeOf(one.at) })) } // oxfmt-ignore
        if (made.isPlain) maker.plain[of] = answer
        return answer
      }
      const key = part('key')
      const value = part('value')
      const { headers, problems } = maker.headers(context)
      this.#add(
        { line: number, partition: record.partition, timestamp: record.timestamp, key, value, headers },
        problems,
      )
    }
  }

  lines(from: Extract<ComposeFrom, { kind: 'lines' }>): void {
    const { bytes, first } = from
    let line = first
    for (let at = 0; at < bytes.length; line += 1) {
      const found = bytes.indexOf(0x0a, at)
      const end = found === -1 ? bytes.length : found
      const text = utf8Text(bytes.subarray(at, end))
      at = end + 1
      this.#made.lines += 1
      if (text === null) {
        this.#bad(line, [{ line, part: 'line', path: '', at: null, message: 'The line is not UTF-8.' }])
      } else if (text.trim() !== '') this.#line(line === 1 ? text.replace(/^\ufeff/, '') : text, line, from)
    }
  }

  #line(text: string, line: number, from: Extract<ComposeFrom, { kind: 'lines' }>): void {
    const read = readRecordLine(text)
    if (read === 'none') return
    if ('problem' in read) return this.#bad(line, [{ ...read.problem, line }])
    const part = (of: PartName): PartAnswer | null => {
      const value = read[of]
      return value === null ? null : this.#encoder.line(of, value, from[of])
    }
    const { headers } = read satisfies RecordLine
    this.#add({
      line,
      partition: from.partitioning === 'keep' ? read.partition : null,
      timestamp: from.timestamps === 'keep' ? read.timestamp : null,
      key: part('key'),
      value: part('value'),
      headers,
    })
  }

  #add(ready: Ready, headerProblems: readonly ComposeHeaderProblem[] = []): void {
    const { line, key, value } = ready
    const problems: ComposeProblem[] = headerProblems.map((one) => ({ ...one, line, part: 'headers' }))
    for (const part of ['key', 'value'] as const) {
      const answer = ready[part]
      this.#made.parts[part].size = answer === null ? -1 : 'bytes' in answer ? answer.bytes.length : null
      if (answer !== null && 'problems' in answer)
        problems.push(...answer.problems.map((one) => ({ ...one, line, part })))
    }
    const { partitions } = this.#settings
    if (ready.partition !== null && ready.partition >= partitions) {
      const message = `The topic has no partition ${ready.partition}: its partitions are 0 to ${partitions - 1}.`
      problems.push({ line, part: 'partition', path: '', at: null, message })
    }
    if (problems.length > 0) return this.#bad(line, problems)
    this.#good(ready, key as EncodedPart | null, value as EncodedPart | null)
  }

  #good(
    { line, partition: given, timestamp, headers }: Ready,
    key: EncodedPart | null,
    value: EncodedPart | null,
  ): void {
    const made = this.#made
    const added = [...(key?.headers ?? []), ...(value?.headers ?? [])]
    const all = added.length === 0 ? headers : [...headers, ...added]
    const record = {
      timestamp: timestamp ?? BigInt(Date.now()),
      key: key?.bytes ?? null,
      value: value?.bytes ?? null,
      headers: all,
    }
    const partition = given ?? this.#partitionOf(record.key, line)
    made.records += 1
    made.bytes += payloadSize(record.key, record.value, all)
    if (value === null) made.tombstones += 1
    if (key === null) made.withoutKey += 1
    const bytes = BATCH_OVERHEAD + recordSize(record, 0, record.timestamp)
    if (made.largest === null || bytes > made.largest.bytes) made.largest = { line, bytes }
    if (timestamp !== null) {
      if (made.oldest === null || timestamp < made.oldest) made.oldest = timestamp
      if (made.newest === null || timestamp > made.newest) made.newest = timestamp
    }
    if (added.length > 0) made.addedHeaders = added.map(({ name }) => utf8Text(name) ?? '')
    this.#places.set(partition, (this.#places.get(partition) ?? 0) + 1)
    this.#batches?.put(partition, line, record)
    if (made.preview.length < this.#settings.show) {
      made.preview.push({ line, partition, timestamp, key: shown(key), value: shown(value), ...shownHeaders(all) })
    }
  }

  #bad(line: number, problems: readonly ComposeProblem[]): void {
    const made = this.#made
    if (made.bad < MOST_TOLD) made.problems.push(...problems)
    made.bad += 1
  }

  #partitionOf(key: Uint8Array | null, line: number): number {
    const { partitions, seed } = this.#settings
    if (key !== null) return partitionForKey(key, partitions)
    return (seed + Math.floor((line - 1) / STICKY)) % partitions
  }
}

type ComposeHeaderProblem = EncodeProblem & Required<Pick<ComposeProblem, 'header'>>
const fromTemplate = ({ at, message }: TemplateProblem): EncodeProblem => ({ path: '', at, message })

function plainHeaders(headers: readonly HeaderInput[]): { headers: RecordHeader[]; problems: ComposeHeaderProblem[] } {
  const problems: ComposeHeaderProblem[] = []
  const encoded = headers.map((header, index) => {
    const of = (what: 'name' | 'value', input: PlainInput): Uint8Array => {
      const answer = encodePlain(input)
      if ('bytes' in answer) return answer.bytes
      problems.push(...answer.problems.map((one) => ({ ...one, header: { index, of: what } })))
      return new Uint8Array()
    }
    return { name: of('name', header.name), value: header.value === null ? null : of('value', header.value) }
  })
  return { headers: encoded, problems }
}

type MadeInput<I> =
  | { input: I; isPlain: boolean; placeOf: (at: number) => number }
  | { problems: readonly TemplateProblem[] }

const asItIs = (at: number): number => at

/** The text of a part or header; null: it has no text that could contain generators. */
function textOf(input: PartInput): string | null {
  if ('json' in input) return input.json
  return 'text' in input ? input.text : null
}

/** Makes the inputs of each record from one with generators. Templates are parsed once. */
class RecordMaker {
  /** Already encoded, if all records are alike. */
  readonly plain: Record<PartName, EncodedPart | null> = { key: null, value: null }
  readonly #record: RecordInput
  readonly #templates = new Map<string, Template | { problems: TemplateProblem[] }>()

  constructor(record: RecordInput) {
    this.#record = record
  }

  part(of: PartName, context: GeneratorContext): MadeInput<PartInput> | null {
    const input = this.#record[of]
    return input === null ? null : this.#made(input, context)
  }

  headers(context: GeneratorContext): { headers: RecordHeader[]; problems: ComposeHeaderProblem[] } {
    const problems: ComposeHeaderProblem[] = []
    const places = new Map<string, (at: number) => number>()
    const made = this.#record.headers.map((header, index): HeaderInput => {
      const of = (what: 'name' | 'value', input: PlainInput): PlainInput => {
        const one = this.#made(input, context)
        if ('problems' in one) {
          problems.push(...one.problems.map((problem) => ({ ...fromTemplate(problem), header: { index, of: what } })))
          return { as: 'text', text: '' }
        }
        places.set(`${index} ${what}`, one.placeOf)
        return one.input
      }
      return { name: of('name', header.name), value: header.value === null ? null : of('value', header.value) }
    })
    const encoded = plainHeaders(made)
    for (const problem of encoded.problems) {
      const placeOf = places.get(`${problem.header.index} ${problem.header.of}`) ?? asItIs
      problems.push(problem.at === null ? problem : { ...problem, at: placeOf(problem.at) })
    }
    return { headers: encoded.headers, problems }
  }

  #made<I extends PartInput>(input: I, context: GeneratorContext): MadeInput<I> {
    const source = textOf(input)
    if (source === null) return { input, isPlain: true, placeOf: asItIs }
    let template = this.#templates.get(source)
    if (template === undefined) this.#templates.set(source, (template = readTemplate(source)))
    if ('problems' in template) return template
    const { text, placeOf } = template.render(context)
    const made = 'json' in input ? { ...input, json: text } : { ...input, text }
    return { input: made, isPlain: template.isPlain, placeOf }
  }
}

function payloadSize(key: Uint8Array | null, value: Uint8Array | null, headers: readonly RecordHeader[]): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += header.name.length + (header.value?.length ?? 0)
  return size
}

const shortened = (text: string): string => (text.length > SHOWN_CHARACTERS ? text.slice(0, SHOWN_CHARACTERS) : text)

function shown(part: EncodedPart | null): PreviewRecord['value'] {
  if (part === null) return null
  const { bytes, source } = part
  const read = source ?? readable(bytes)
  const text = read?.text ?? hexText(bytes.subarray(0, SHOWN_CHARACTERS / 4))
  const isCut = read === null ? bytes.length > SHOWN_CHARACTERS / 4 : text.length > SHOWN_CHARACTERS || bytes.length > text.length * 4 + SHOWN_CHARACTERS // oxfmt-ignore
  return {
    text: shortened(text),
    form: read?.form ?? 'hex',
    isCut,
    size: bytes.length,
    head: bytes.slice(0, SHOWN_BYTES),
  }
}

function readable(bytes: Uint8Array): { text: string; form: 'text' } | null {
  if (bytes.length > SHOWN_CHARACTERS * 4) return null
  const text = utf8Text(bytes)
  // Small binary numbers are valid UTF-8 by chance.
  return text === null || /\p{Cc}/u.test(text.replaceAll(/\s/g, '')) ? null : { text, form: 'text' }
}

function shownHeaders(headers: readonly RecordHeader[]): Pick<PreviewRecord, 'headers' | 'headerCount'> {
  return {
    headerCount: headers.length,
    headers: headers.slice(0, SHOWN_HEADERS).map(({ name, value }) => ({
      name: shortened(utf8Text(name) ?? hexText(name)),
      value: shown(value === null ? null : { bytes: value, headers: [], source: null }),
    })),
  }
}
