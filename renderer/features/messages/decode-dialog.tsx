import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { charsets, primitiveTypes } from '#shared/model/decode-choice.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { choiceOf, kinds, listTypes, messagesIn, wrappers, type DecodeDraft, type DecodeKind, type WrapperKind } from './decode-draft.ts' // prettier-ignore
import type { DecodablePart, DecodeStore } from './decode-store.ts'
import s from './decode-as.module.css'

export interface DecodeDialogProps {
  store: DecodeStore
  topic: string
  /** In words: what the loaded rows were decoded to. */
  now: (part: DecodablePart) => string
  onClose: () => void
}

/** What the bytes of a topic's keys or values are: remembered with the profile, for this topic or a pattern of names. */
export function DecodeDialog({ store, topic, now, onClose }: DecodeDialogProps) {
  const { isOpen, part, header, pattern, draft, rule, isBeyondForm, isBusy, error } = useStore(store)
  const choice = choiceOf(draft)
  const missing = pattern.trim() === '' ? 'For which topics?' : typeof choice === 'string' ? choice : undefined
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      size="wide"
      title={`Decode ${topic} as…`}
      footer={
        <>
          <Button onPress={() => void store.automatic()} isDisabled={rule === null}>
            Automatic again
          </Button>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={() => void store.apply()}
            isDisabled={missing !== undefined}
            isPending={isBusy}
          >
            Decode
          </Button>
        </>
      }
    >
      <Segmented<DecodablePart>
        label="Part"
        value={part}
        onChange={store.choosePart}
        options={[
          { id: 'value', label: 'Values' },
          { id: 'key', label: 'Keys' },
          ...(header === undefined ? [] : [{ id: 'header' as const, label: `Header ${header.slice(0, 60)}` }]),
        ]}
      />
      <p className={s.note}>
        {rule === null ? 'Nothing is chosen for them.' : `A choice for ${rule.topic} holds.`} {now(part)}
      </p>
      {isBeyondForm && (
        <p className={s.note}>That choice says more than this form shows: what you choose here takes its place.</p>
      )}
      {error !== undefined && <ErrorBanner error={error} />}
      <div className={s.fields}>
        <Select<DecodeKind> label="As" options={kinds} value={draft.kind} onChange={(kind) => store.change({ kind })} />
        {draft.kind !== 'automatic' && (
          <Select<WrapperKind>
            label="Taken out of"
            options={wrappers}
            value={draft.wrapper}
            onChange={(wrapper) => store.change({ wrapper })}
          />
        )}
        <TextField
          label="For topics"
          mono
          value={pattern}
          onChange={store.setPattern}
          note="A name, or a pattern in which * stands for anything."
        />
      </div>
      <KindFields draft={draft} onChange={store.change} />
      {missing !== undefined && <p className={s.note}>{missing}</p>}
    </Dialog>
  )
}

interface FieldsProps {
  draft: DecodeDraft
  onChange: (draft: Partial<DecodeDraft>) => void
}

function KindFields({ draft, onChange }: FieldsProps): ReactNode {
  switch (draft.kind) {
    case 'text':
      return (
        <Select<DecodeDraft['charset']>
          label="Charset"
          options={charsets.map((id) => ({ id, label: id }))}
          value={draft.charset}
          onChange={(charset) => onChange({ charset })}
        />
      )
    case 'list':
      return (
        <Select<DecodeDraft['of']>
          label="Of"
          options={listTypes.map((id) => ({ id, label: id }))}
          value={draft.of}
          onChange={(of) => onChange({ of })}
        />
      )
    case 'primitive':
      return (
        <Select<DecodeDraft['type']>
          label="Type"
          options={primitiveTypes.map((id) => ({ id, label: id }))}
          value={draft.type}
          onChange={(type) => onChange({ type })}
        />
      )
    case 'avro':
      return <AvroFields draft={draft} onChange={onChange} />
    case 'protobuf':
      return <ProtobufFields draft={draft} onChange={onChange} />
    default:
      return null
  }
}

function AvroFields({ draft, onChange }: FieldsProps) {
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

function ProtobufFields({ draft, onChange }: FieldsProps) {
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
        <Select<string>
          label="Message"
          options={[...new Set([...offered, ...(draft.message === '' ? [] : [draft.message])])].map((id) => ({
            id,
            label: id,
          }))}
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
