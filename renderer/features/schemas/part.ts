import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { readSchemaId, schemaText } from '#shared/model/schema-id.ts'
import { commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Version = z.int().min(1)

const Schemas = z.strictObject({ connectionId: ConnectionId })
const Subject = z.strictObject({
  connectionId: ConnectionId,
  subject: z.string(),
  version: Version.optional(),
  /** Compared with this earlier version. */
  compare: Version.optional(),
})
/** The schema that a record names. */
const Schema = z.strictObject({
  connectionId: ConnectionId,
  /** In the notation of `writtenSchemaId`. */
  schema: z.string(),
  /** The topic and part of the record: of several subjects that contain the schema, theirs is meant. */
  topic: z.string().optional(),
  part: z.enum(['key', 'value']).optional(),
})
/** A schema to be registered; `from` is the version from which the draft starts. */
const SchemaDraft = z.strictObject({
  connectionId: ConnectionId,
  subject: z.string().optional(),
  from: Version.optional(),
})
/** A change of the registry that is planned here. */
const SchemaChange = z.strictObject({
  connectionId: ConnectionId,
  what: z.enum(['delete', 'compatibility', 'undo']),
  /** Omitted: the whole registry. With `undo` only used for the title. */
  subject: z.string().optional(),
  version: Version.optional(),
  permanent: z.boolean().optional(),
  /** The journal entry to undo. */
  entry: z.string().optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    schemas: z.infer<typeof Schemas>
    subject: z.infer<typeof Subject>
    schema: z.infer<typeof Schema>
    schemaDraft: z.infer<typeof SchemaDraft>
    schemaChange: z.infer<typeof SchemaChange>
  }
}

function schemaTitle(written: string): string {
  const id = readSchemaId(written)
  const text = id === null ? 'schema' : schemaText(id)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const changeTitles = { delete: 'delete', compatibility: 'compatibility', undo: 'undo' } as const

export const schemasPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'schemas',
      target: Schemas,
      oneFor: ['connectionId'],
      title: () => 'Schemas',
      view: lazyView(async () => (await import('./schemas-view.tsx')).SchemasView),
    }),
    tabKind({
      kind: 'subject',
      target: Subject,
      oneFor: ['connectionId', 'subject'],
      title: ({ subject }) => subject,
      view: lazyView(async () => (await import('./subject-view.tsx')).SubjectView),
    }),
    tabKind({
      kind: 'schema',
      target: Schema,
      oneFor: ['connectionId', 'schema'],
      title: ({ schema }) => schemaTitle(schema),
      view: lazyView(async () => (await import('./schema-of-record-view.tsx')).FoundSchemaView),
    }),
    tabKind({
      kind: 'schemaDraft',
      target: SchemaDraft,
      oneFor: ['connectionId', 'subject'],
      title: ({ subject }) => (subject === undefined ? 'New subject' : `${subject} · new version`),
      view: lazyView(async () => (await import('./draft-view.tsx')).DraftView),
    }),
    tabKind({
      kind: 'schemaChange',
      target: SchemaChange,
      oneFor: ['connectionId', 'what', 'subject', 'entry'],
      title: ({ subject = 'Registry', what }) => `${subject} · ${changeTitles[what]}`,
      view: lazyView(async () => (await import('./change-view.tsx')).SchemaChangeView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.schemas',
      title: 'Schemas',
      words: 'registry subjects avro protobuf json',
      keys: ['Alt+S'],
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'schemas', connectionId }),
    }),
  ],
}
