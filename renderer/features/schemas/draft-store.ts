import { createStore, type StoreApi } from 'zustand/vanilla'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SchemaType } from '#shared/model/schema.ts'
import type { SchemaReference } from '#shared/model/registered-schema.ts'
import { indentJson } from '../../ui/json-text.ts'
import { AT_ONCE } from '../../ui/text-lines.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { createPlanStore, type RegistryPlanStore } from './plan-store.ts'
import { languageOf } from './schema-words.ts'

/** A reference as typed. */
export type ReferenceRow = Readonly<Record<keyof SchemaReference, string>>

export interface DraftForm {
  readonly subject: string
  readonly type: SchemaType
  readonly text: string
  readonly references: readonly ReferenceRow[]
}

export interface DraftStore extends RegistryPlanStore<DraftForm> {
  /** Whether the version from which the draft starts is loaded. */
  readonly start: StoreApi<Fetched<true>>
  /** Starts from this version of the subject, or from its latest; text typed since is kept. */
  begin: (from: number | undefined) => Promise<void>
}

/** The text with which a draft of each type starts. */
export const firstTexts: Readonly<Record<SchemaType, string>> = {
  avro: '{\n  "type": "record",\n  "name": "Example",\n  "namespace": "com.example",\n  "fields": [\n    { "name": "id", "type": "string" }\n  ]\n}\n',
  protobuf: 'syntax = "proto3";\n\npackage com.example;\n\nmessage Example {\n  string id = 1;\n}\n',
  'json-schema': '{\n  "type": "object",\n  "properties": {\n    "id": { "type": "string" }\n  }\n}\n',
}

export function createDraftStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  subject: string | undefined,
): DraftStore {
  // oxfmt-ignore
  const first: DraftForm = { subject: subject ?? '', type: 'avro', text: firstTexts.avro, references: [] }
  const plans = createPlanStore(api, connectionId, first, async (form, signal) => {
    const draft = { type: form.type, text: form.text, references: form.references.map(referenceOf) }
    return api.call('schemas.planRegister', { connectionId, subject: form.subject.trim(), draft }, { signal })
  })
  const start = createStore<Fetched<true>>(() => (subject === undefined ? ready(true) : idle))
  let began: number | 'latest' | undefined
  return {
    ...plans,
    start,
    begin: async (from) => {
      if (subject === undefined || (start.getState().status === 'ready' && (from === undefined || began === from))) return // oxfmt-ignore
      const mine = from ?? 'latest'
      began = mine
      start.setState(loading(start.getState()))
      try {
        const { type, text, references } = await api.call('schemas.version', { connectionId, subject, version: mine, deleted: true }) // oxfmt-ignore
        if (mine !== began) return
        if (type === 'other') throw new SeeklineError('registry.unsupported', `${subject} is of a type that cannot be written here.`) // oxfmt-ignore
        const rows = references.map((one) => ({ ...one, version: String(one.version) }))
        plans.change({ subject, type, text: readable(text, type), references: rows })
        start.setState(ready(true))
      } catch (error) {
        if (mine === began) start.setState(failed(start.getState(), error))
      }
    },
  }
}

/** Many registries store JSON as one line, which is hard to edit. */
function readable(text: string, type: SchemaType): string {
  if (languageOf[type] !== 'json' || text.length > AT_ONCE) return text
  const indented = indentJson(text)
  return indented.ok ? indented.text : text
}

function referenceOf({ name, subject, version }: ReferenceRow): SchemaReference {
  const number = Number(version.trim())
  if (name.trim() === '' || subject.trim() === '' || !Number.isInteger(number) || number < 1) {
    throw new SeeklineError('call.invalid', 'A reference needs its name in the schema, a subject and a version.', {
      hint: 'Fill it in, or remove it.',
    })
  }
  return { name: name.trim(), subject: subject.trim(), version: number }
}
