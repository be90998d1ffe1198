import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Output } from '#shared/contract/define.ts'
import type { WrittenBy } from '#shared/contract/produce.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { WireFrame, type PartInput, type SchemaToUse } from '#shared/model/produce.ts'
import { messagesIn } from '#shared/model/proto-messages.ts'
import { schemaText } from '#shared/model/schema-id.ts'
import { useServices } from '../../workbench/services.ts'
import { ComboField } from '../../ui/combo-field.tsx'
import { Options } from '../../ui/options-menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { bySubjectOfTopic } from './part-draft.ts'
import { frameWords, writtenByWords } from './produce-words.ts'
import s from './produce.module.css'

type SchemaDraft = Extract<PartInput, { as: 'schema' }>
type Way = 'TopicName' | 'TopicRecordName' | 'RecordName' | 'subject' | 'given'

export interface SchemaFieldsProps {
  part: 'key' | 'value'
  draft: SchemaDraft
  onChange: (draft: SchemaDraft) => void
  /** The schema that these settings select, as the registry has it. */
  writtenBy: WrittenBy | null
  connectionId: ConnectionId | undefined
  topic: string
}

/**
 * The schema of the registry that encodes the part: of the subject by the topic's name, of another subject, or the record's
 * own.
 */
export function SchemaFields({ part, draft, onChange, writtenBy, connectionId, topic }: SchemaFieldsProps) {
  const { schema } = draft
  const change = (next: Partial<SchemaDraft>) => onChange({ ...draft, ...next })
  // The record's own schema can be chosen again after another one.
  const [given] = useState(() => (wayOf(schema) === 'given' ? schema : undefined))
  const way = wayOf(schema)
  const subject = schema.by === 'subject' ? schema.subject : (writtenBy?.subject ?? null)
  const found = useSubject(connectionId, subject)
  const ofTopic = topic.trim() === '' ? 'the topic’s name' : `${topic.trim()}-${part}`
  return (
    <div className={s.schema} role="group" aria-label={`Schema of the ${part}`}>
      <Select<Way>
        label="Schema"
        layout="inline"
        value={way}
        options={[
          ...(given === undefined ? [] : [{ id: 'given' as const, label: 'of the record', note: givenWords(given) }]), // oxfmt-ignore
          { id: 'TopicName', label: `of ${ofTopic}`, note: 'by the topic’s name' },
          { id: 'TopicRecordName', label: 'by topic and record name' },
          { id: 'RecordName', label: 'by record name' },
          { id: 'subject', label: 'of another subject' },
        ]}
        onChange={(next) => change({ schema: toWay(next, schema, subject, given) })}
      />
      <VersionFields
        schema={schema}
        onChange={(next) => change({ schema: next })}
        found={found}
        connectionId={connectionId}
      />
      {(writtenBy?.type === 'protobuf' || draft.message !== null) && (
        <ComboField
          label="Message"
          layout="inline"
          className={s.name}
          options={messagesIn(found?.latest?.text ?? '')}
          placeholder={writtenBy?.message ?? 'the first one'}
          value={draft.message ?? ''}
          onChange={(message) => change({ message: message.trim() === '' ? null : message.trim() })}
        />
      )}
      <Options changed={draft.frame === null ? 0 : 1}>
        <Select
          label="How the bytes name the schema"
          options={[
            { id: 'own', label: 'as this registry’s serialisers do' },
            ...WireFrame.options.map((id) => ({ id, label: frameWords[id] })),
          ]}
          value={draft.frame ?? 'own'}
          onChange={(frame) => change({ frame: frame === 'own' ? null : frame })}
        />
      </Options>
      {writtenBy !== null && (
        <span className={s.used}>
          <SafeText text={writtenByWords(writtenBy)} limit={300} />
        </span>
      )}
    </div>
  )
}

interface VersionFieldsProps {
  schema: SchemaToUse
  onChange: (schema: SchemaToUse) => void
  found: Subject | undefined
  connectionId: ConnectionId | undefined
}

/** The subject, if the topic alone does not determine it, and the version. */
function VersionFields({ schema, onChange, found, connectionId }: VersionFieldsProps) {
  const subjects = useSubjectNames(connectionId, schema.by === 'subject')
  const isChosen = schema.by === 'naming' || schema.by === 'subject'
  if (!isChosen) return null
  const { version } = schema
  return (
    <>
      {schema.by === 'naming' && schema.strategy !== 'TopicName' && (
        <TextField
          label="Record"
          layout="inline"
          mono
          className={s.name}
          placeholder="com.acme.Order"
          value={schema.record ?? ''}
          onChange={(record) => onChange({ ...schema, record: record.trim() === '' ? null : record.trim() })}
        />
      )}
      {schema.by === 'subject' && (
        <ComboField
          label="Subject"
          layout="inline"
          className={s.name}
          options={subjects}
          value={schema.subject}
          error={schema.subject === '' ? 'Which subject?' : undefined}
          onChange={(next) => onChange({ ...schema, subject: next, version: null })}
        />
      )}
      <Select
        label="Version"
        layout="inline"
        value={version === null ? 'latest' : String(version)}
        options={[
          { id: 'latest', label: 'latest' },
          ...versionsOf(found, version).map((one) => ({ id: String(one), label: String(one) })),
        ]}
        onChange={(next) => onChange({ ...schema, version: next === 'latest' ? null : Number(next) })}
      />
    </>
  )
}

function wayOf(schema: SchemaToUse): Way {
  if (schema.by === 'naming') return schema.strategy
  return schema.by === 'subject' ? 'subject' : 'given'
}

const givenWords = (schema: SchemaToUse): string => (schema.by === 'naming' ? '' : schemaText(schema))

function toWay(way: Way, now: SchemaToUse, subject: string | null, given: SchemaToUse | undefined): SchemaToUse {
  switch (way) {
    case 'given':
      return given ?? now
    case 'subject':
      return { by: 'subject', subject: subject ?? '', version: null }
    default:
      return { ...bySubjectOfTopic, strategy: way, record: now.by === 'naming' ? now.record : null }
  }
}

type Subject = Output<(typeof schemas)['schemas.subject']>

function versionsOf(found: Subject | undefined, chosen: number | null): number[] {
  const known = (found?.versions ?? []).filter(({ deleted }) => !deleted).map(({ version }) => version)
  return [...new Set([...known, ...(chosen === null ? [] : [chosen])])].toSorted((a, b) => b - a)
}

/** All subjects of the registry, requested once the user can choose among them. */
function useSubjectNames(connectionId: ConnectionId | undefined, isWanted: boolean): readonly string[] {
  const { subjects } = useServices()
  const list = useStore(subjects, (state) => state.byConnection[connectionId ?? ''])
  // Also after another view, whose reading this one had joined, was closed and took the reading with it.
  const isUnread = list === undefined || list.status === 'idle'
  useEffect(() => {
    if (isWanted && connectionId !== undefined && isUnread) void subjects.load(connectionId)
  }, [subjects, connectionId, isWanted, isUnread])
  return list?.value?.items.map(({ subject }) => subject) ?? []
}

/** The versions of a subject; empty if it cannot be read, which the check of the record reports with its reason. */
function useSubject(connectionId: ConnectionId | undefined, subject: string | null): Subject | undefined {
  const { api } = useServices()
  const [found, setFound] = useState<Subject>()
  useEffect(() => {
    if (connectionId === undefined || subject === null || subject === '') return undefined
    const mine = new AbortController()
    const ask = () =>
      api
        .call('schemas.subject', { connectionId, subject }, { signal: mine.signal })
        .then((answer) => !mine.signal.aborted && setFound(answer))
        .catch(() => undefined)
    // A name is typed letter by letter.
    const timer = setTimeout(() => void ask(), 250)
    return () => {
      clearTimeout(timer)
      mine.abort()
    }
  }, [api, connectionId, subject])
  return found?.subject === subject ? found : undefined
}
