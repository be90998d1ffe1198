import { useEffect, useMemo, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { base64Text } from '#shared/bytes.ts'
import { charsets, primitiveTypes } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { messagesIn } from '#shared/model/proto-messages.ts'
import { FileButton } from '../../shared-views/secrets/file-button.tsx'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { ComboField } from '../../ui/combo-field.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { listTypes, type DecodeDraft } from './decode-draft.ts'
import s from './decode-as.module.css'

interface FieldsProps {
  connectionId: ConnectionId
  draft: DecodeDraft
  onChange: (draft: Partial<DecodeDraft>) => void
}

/** The further settings of each decoder. */
export function KindFields({ connectionId, draft, onChange }: FieldsProps): ReactNode {
  switch (draft.kind) {
    case 'text':
      return (
        <WordSelect
          label="Charset"
          words={charsets}
          value={draft.charset}
          onChange={(charset) => onChange({ charset })}
        />
      )
    case 'list':
      return <WordSelect label="Of" words={listTypes} value={draft.of} onChange={(of) => onChange({ of })} />
    case 'primitive':
      return (
        <WordSelect label="Type" words={primitiveTypes} value={draft.type} onChange={(type) => onChange({ type })} />
      )
    case 'avro':
      return <AvroFields draft={draft} onChange={onChange} />
    case 'protobuf':
      return <ProtobufFields draft={draft} onChange={onChange} />
    case 'descriptor-set':
      return <DescriptorFields draft={draft} onChange={onChange} />
    case 'registry':
      return <RegistryFields connectionId={connectionId} draft={draft} onChange={onChange} />
    default:
      return null
  }
}

interface WordSelectProps<Word extends string> {
  label: string
  words: readonly Word[]
  value: Word | null
  onChange: (value: Word) => void
}

/** A selection among a few words that need no explanation. */
function WordSelect<Word extends string>({ words, ...rest }: WordSelectProps<Word>) {
  return <Select<Word> {...rest} options={words.map((id) => ({ id, label: id }))} />
}

function AvroFields({ draft, onChange }: Omit<FieldsProps, 'connectionId'>) {
  const { files } = useServices()
  const open = async () => {
    const file = await files.open('Open an Avro schema', ['avsc', 'json'])
    if (file !== null) onChange({ schema: file.text })
  }
  return (
    <>
      <TextField
        label="Schema"
        mono
        multiline
        rows={8}
        value={draft.schema}
        onChange={(schema) => onChange({ schema })}
      />
      <div className={s.line}>
        <Button size="small" onPress={() => void open()}>
          Open an .avsc file…
        </Button>
        <Select<DecodeDraft['framing']>
          label="Before the data"
          layout="inline"
          options={[
            { id: 'plain', label: 'nothing' },
            { id: 'single-object', label: 'Avro’s single-object prefix' },
          ]}
          value={draft.framing}
          onChange={(framing) => onChange({ framing })}
        />
      </div>
    </>
  )
}

function ProtobufFields({ draft, onChange }: Omit<FieldsProps, 'connectionId'>) {
  const services = useServices()
  const [main, ...imports] = draft.files
  const offered = messagesIn(main?.text ?? '')
  const withMain = (text: string, name = main?.name ?? 'schema.proto') => {
    const messages = messagesIn(text)
    const message = messages.includes(draft.message) ? draft.message : (messages[0] ?? draft.message)
    onChange({ files: [{ name, text }, ...imports], message })
  }
  const open = async (isImport: boolean) => {
    const file = await services.files.open(isImport ? 'Open an imported file' : 'Open a Protobuf schema', ['proto'])
    if (file === null) return
    if (!isImport) return withMain(file.text, file.name)
    onChange({ files: [...draft.files.filter(({ name }) => name !== file.name), file] })
  }
  return (
    <>
      <TextField label="Schema" mono multiline rows={8} value={main?.text ?? ''} onChange={(text) => withMain(text)} />
      <div className={s.line}>
        <Button size="small" onPress={() => void open(false)}>
          Open a .proto file…
        </Button>
        <Button size="small" onPress={() => void open(true)}>
          Add a file it imports…
        </Button>
      </div>
      {imports.map(({ name, text }, at) => (
        <div key={at} className={s.line}>
          <TextField
            label="Imported as"
            layout="inline"
            mono
            value={name}
            onChange={(renamed) =>
              onChange({ files: draft.files.map((file, i) => (i === at + 1 ? { name: renamed, text } : file)) })
            }
          />
          <Button size="small" onPress={() => onChange({ files: draft.files.filter((_, i) => i !== at + 1) })}>
            Remove
          </Button>
        </div>
      ))}
      {offered.length > 1 ? (
        <WordSelect<string>
          label="Message"
          words={[...new Set([...offered, ...(draft.message === '' ? [] : [draft.message])])]}
          value={draft.message === '' ? null : draft.message}
          onChange={(message) => onChange({ message })}
        />
      ) : (
        <TextField
          label="Message"
          mono
          value={draft.message}
          onChange={(message) => onChange({ message })}
          note="Its full name, with the package."
        />
      )}
    </>
  )
}

/** The output of `protoc` with its imports: a file, or its base64. */
function DescriptorFields({ draft, onChange }: Omit<FieldsProps, 'connectionId'>) {
  return (
    <>
      <FileButton
        label="Open a descriptor set…"
        accept=".desc,.pb,.bin,.protoset,.fds"
        isTooLarge="leave out what the message does not need."
        onFile={async (file) => onChange({ descriptors: base64Text(new Uint8Array(await file.arrayBuffer())) })}
        note="protoc --descriptor_set_out=orders.desc --include_imports orders.proto"
      />
      <TextField
        label="Descriptor set in base64"
        mono
        multiline
        rows={5}
        value={draft.descriptors}
        onChange={(descriptors) => onChange({ descriptors })}
      />
      <TextField
        label="Message"
        mono
        value={draft.message}
        onChange={(message) => onChange({ message })}
        note="Its full name, with the package."
      />
    </>
  )
}

/** A schema of the profile's registry, for data that does not name one. */
function RegistryFields({ connectionId, draft, onChange }: FieldsProps) {
  const { api, subjects } = useServices()
  const list = useStore(subjects, (state) => state.byConnection[connectionId])
  const [found, setFound] = useState<{ subject: string; versions: readonly string[]; type: string | null }>()
  const names = useMemo(() => list?.value?.items.map((item) => item.subject) ?? [], [list])
  useEffect(() => void subjects.load(connectionId), [subjects, connectionId])
  // Another view, whose reading this one had joined, was closed and took the reading with it.
  const isUnread = list?.status === 'idle'
  useEffect(() => {
    if (isUnread) void subjects.load(connectionId)
  }, [subjects, connectionId, isUnread])
  const subject = names.includes(draft.subject.trim()) ? draft.subject.trim() : undefined
  useEffect(() => {
    if (subject === undefined) return undefined
    const mine = new AbortController()
    api.call('schemas.subject', { connectionId, subject }, { signal: mine.signal }).then(
      ({ versions, latest }) => setFound({ subject, type: latest?.type ?? null, versions: versions.map((one) => String(one.version)) }), // oxfmt-ignore
      // Without the list of versions, a version can be typed.
      () => undefined,
    )
    return () => mine.abort()
  }, [api, connectionId, subject])
  const known = found?.subject === subject ? found : undefined
  return (
    <>
      {list?.error !== undefined && <ErrorBanner error={list.error} />}
      <div className={s.fields}>
        <ComboField
          label="Subject"
          options={names}
          value={draft.subject}
          onChange={(typed) => onChange({ subject: typed, version: '' })}
        />
        <ComboField
          label="Version"
          options={known?.versions.toReversed() ?? []}
          value={draft.version}
          placeholder="the latest"
          onChange={(version) => onChange({ version })}
        />
        <TextField
          label="Bytes before the data"
          mono
          value={draft.skip}
          onChange={(skip) => onChange({ skip })}
          note="They are skipped; 0 if the data starts at once."
        />
        {(known?.type === 'PROTOBUF' || draft.message !== '') && (
          <TextField
            label="Message"
            mono
            value={draft.message}
            onChange={(message) => onChange({ message })}
            note="For a Protobuf schema; empty for its first message."
          />
        )}
      </div>
    </>
  )
}
