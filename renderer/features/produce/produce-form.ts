import type { ConnectionId } from '#shared/model/ids.ts'
import {
  MOST_PRODUCED,
  MOST_RATE,
  type HeaderInput,
  type LinePart,
  type PlainInput,
  type ProduceSource,
  type ProduceTemplate,
  type RecordInput,
} from '#shared/model/produce.ts'
import { editable, emptyText, type PartDraft } from './part-draft.ts'

/** A row of the form. The row needs an id, because two headers may have the same name. */
export interface HeaderRow {
  readonly id: number
  readonly name: PlainInput
  readonly value: PlainInput | null
}

export type ProduceMode = 'one' | 'several' | 'lines'

/** Everything that can be typed: one record, how many are made from it, or the lines of a file instead. */
export interface ProduceForm {
  readonly connectionId: ConnectionId | undefined
  readonly topic: string
  readonly mode: ProduceMode
  readonly key: PartDraft
  readonly value: PartDraft
  readonly headers: readonly HeaderRow[]
  /** As typed; empty: chosen by the key. */
  readonly partition: string
  /** null: the time of writing; undefined: a time is chosen, and not typed yet. */
  readonly timestamp: bigint | null | undefined
  readonly count: string
  /** As typed; empty: as fast as the brokers accept them. */
  readonly rate: string
  readonly lines: {
    readonly from: 'text' | 'path'
    /** The name of the opened file. */
    readonly name: string
    readonly text: string
    readonly path: string
    readonly key: LinePart
    readonly value: LinePart
    /** `keep`: as the line says, if it does. */
    readonly partitioning: 'keep' | 'by-key'
    readonly timestamps: 'keep' | 'now'
  }
  readonly skipBad: boolean
}

export type FormErrors = Readonly<Partial<Record<'to' | 'topic' | 'partition' | 'timestamp' | 'subject' | 'count' | 'rate' | 'lines', string>>> // oxfmt-ignore

export type CheckedForm =
  | { ok: true; connectionId: ConnectionId; topic: string; source: ProduceSource; skipBad: boolean }
  | { ok: false; errors: FormErrors }

export const emptyForm: ProduceForm = {
  connectionId: undefined,
  topic: '',
  mode: 'one',
  key: null,
  value: emptyText,
  headers: [],
  partition: '',
  timestamp: null,
  count: '100',
  rate: '',
  lines: {
    from: 'text',
    name: '',
    text: '',
    path: '',
    key: { as: 'line' },
    value: { as: 'line' },
    partitioning: 'keep',
    timestamps: 'keep',
  },
  skipBad: false,
}

/** The request to the app, or what is missing for it. The app checks the bytes. */
export function checkForm(form: ProduceForm): CheckedForm {
  const { mode, lines } = form
  const topic = form.topic.trim()
  const partition = numberOf(form.partition, 0, 0x7fff_ffff)
  const rate = numberOf(form.rate, 1, MOST_RATE)
  const count = numberOf(form.count, 1, MOST_PRODUCED)
  const isLines = mode === 'lines'
  const errors: Record<string, string> = {
    ...(form.connectionId === undefined ? { to: 'To which cluster?' } : {}),
    ...(topic === '' ? { topic: 'Into which topic?' } : {}),
    ...(partition === undefined && !isLines ? { partition: 'A partition’s number, or nothing: then by key.' } : {}),
    ...(form.timestamp === undefined && !isLines ? { timestamp: 'Which time?' } : {}),
    ...(lacksSubject(form) && !isLines ? { subject: 'Of which subject?' } : {}),
    ...(count == null && mode === 'several' ? { count: `How many? From 1 to ${MOST_PRODUCED}.` } : {}),
    ...(rate === undefined && mode !== 'one'
      ? { rate: `Records a second, up to ${MOST_RATE}; or nothing: as fast as can be.` }
      : {}),
    ...(isLines && lines.from === 'text' && lines.text.trim() === ''
      ? { lines: 'Which records? Open a file, or paste its lines.' }
      : {}),
    ...(isLines && lines.from === 'path' && lines.path.trim() === '' ? { lines: 'Which file?' } : {}),
  }
  if (Object.keys(errors).length > 0 || form.connectionId === undefined) return { ok: false, errors }
  const record = recordOf(form)
  const source = ((): ProduceSource => {
    if (mode === 'one') return { kind: 'records', records: [record], rate: null }
    if (mode === 'several') return { kind: 'generated', record, count: count ?? 1, rate: rate ?? null }
    const { key, value, partitioning, timestamps } = lines
    const parts = { key, value, partitioning, timestamps, rate: rate ?? null }
    return lines.from === 'path'
      ? { kind: 'file', path: lines.path.trim(), ...parts }
      : { kind: 'lines', name: lines.name, text: lines.text, ...parts }
  })()
  return { ok: true, connectionId: form.connectionId, topic, source, skipBad: isLines && form.skipBad }
}

/** The schema of another subject was chosen, and the subject is not named yet. */
export function lacksSubject({ key, value }: Pick<ProduceForm, 'key' | 'value'>): boolean {
  return [key, value].some((part) => part?.as === 'schema' && part.schema.by === 'subject' && part.schema.subject === '') // oxfmt-ignore
}

/** The record of the form. An invalid partition number is sent as "by key"; its error is reported elsewhere. */
export function recordOf({ key, value, headers, partition, timestamp }: ProduceForm): RecordInput {
  return {
    key,
    value,
    partition: numberOf(partition, 0, 0x7fff_ffff) ?? null,
    timestamp: timestamp ?? null,
    headers: headers.map(({ name, value: content }): HeaderInput => ({ name, value: content })),
  }
}

/** Why the form cannot become a template: a template with an invalid number would be a different one. */
export function templateProblem(form: ProduceForm): string | undefined {
  const checked = checkForm({ ...form, mode: form.mode === 'lines' ? 'one' : form.mode })
  if (checked.ok) return undefined
  const { partition, timestamp, subject, count, rate } = checked.errors
  return partition ?? timestamp ?? subject ?? count ?? rate
}

/** For a form without a `templateProblem`. */
export function templateOf(form: ProduceForm, name: string): ProduceTemplate {
  const isSeveral = form.mode === 'several'
  return {
    topic: form.topic.trim(),
    name: name.trim(),
    record: recordOf(form),
    count: isSeveral ? (numberOf(form.count, 1, MOST_PRODUCED) ?? 1) : 1,
    rate: isSeveral ? (numberOf(form.rate, 1, MOST_RATE) ?? null) : null,
  }
}

let rows = 0
export const headerRow = ({ name, value }: HeaderInput): HeaderRow => ({ id: (rows += 1), name, value })

/** The form's settings for a record, wherever it comes from. */
export function formOfRecord({ key, value, headers, partition, timestamp }: RecordInput): Partial<ProduceForm> {
  return {
    key: editable(key),
    value: editable(value),
    headers: headers.map(headerRow),
    partition: partition === null ? '' : String(partition),
    timestamp,
  }
}

export function formOfTemplate({ record, count, rate }: ProduceTemplate): Partial<ProduceForm> {
  const isSeveral = count > 1 || rate !== null
  return {
    ...formOfRecord(record),
    mode: isSeveral ? 'several' : 'one',
    ...(isSeveral ? { count: String(count), rate: rate === null ? '' : String(rate) } : {}),
  }
}

/** null: nothing was typed; undefined: not a number, or out of range. */
function numberOf(text: string, least: number, most: number): number | null | undefined {
  const typed = text.trim().replaceAll(/[\s_,\u2009]/g, '')
  if (typed === '') return null
  const number = /^\d{1,10}$/.test(typed) ? Number(typed) : Number.NaN
  return number >= least && number <= most ? number : undefined
}
