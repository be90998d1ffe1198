import { useEffect, useRef, useState, type RefObject } from 'react'
import type { PartCheck } from '#shared/contract/produce.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { PartInput } from '#shared/model/produce.ts'
import { Button } from '../../ui/button.tsx'
import type { CodeHandle } from '../../ui/code-editor.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatBytes } from '../../ui/format.ts'
import { Segmented } from '../../ui/segmented.tsx'
import {
  EDITABLE,
  emptyText,
  kindOf,
  turnedTo,
  typedOf,
  withTyped,
  type PartDraft,
  type PartKind,
} from './part-draft.ts'
import { Problems } from './part-problems.tsx'
import { languageOf, sizeWords } from './produce-words.ts'
import { SchemaFields } from './schema-fields.tsx'
import s from './produce.module.css'

export interface PartFieldProps {
  part: 'key' | 'value'
  draft: PartDraft
  onChange: (draft: PartDraft) => void
  check: PartCheck | undefined
  isChecking: boolean
  onCheckAgain: () => void
  connectionId: ConnectionId | undefined
  topic: string
  /** The profile has a choice of how this part of the topic is decoded, so it can be encoded in the same way. */
  hasChoice: boolean
  editor: RefObject<CodeHandle | null>
  onFocus: () => void
}

type Shown = Exclude<PartKind, 'bytes'>

const titles = { key: 'Key', value: 'Value' } as const

/** A key or a value: the kind of input, the editor, and errors marked at their place. */
export function PartField(props: PartFieldProps) {
  const { part, draft, onChange, check, isChecking, editor } = props
  const title = titles[part]
  const [refused, setRefused] = useState<string>()
  // The text before it was set to null comes back with the next kind.
  const last = useRef<PartDraft>(emptyText)
  useEffect(() => {
    if (draft !== null) last.current = draft
  }, [draft])
  const kind = kindOf(draft)
  const turn = (next: Shown) => {
    const turned = turnedTo(draft ?? last.current, next)
    if (typeof turned === 'string') return setRefused(turned)
    setRefused(undefined)
    onChange(turned)
  }
  const kinds: { id: Shown; label: string }[] = [
    { id: 'text', label: 'Text' },
    { id: 'schema', label: 'Schema' },
    ...(props.hasChoice || kind === 'choice' ? [{ id: 'choice' as const, label: 'As decoded' }] : []),
    { id: 'hex', label: 'Hex' },
    { id: 'base64', label: 'Base64' },
    { id: 'null', label: part === 'value' ? 'Tombstone' : 'Null' },
  ]
  const problems = check?.problems ?? []
  return (
    <section className={s.part} aria-label={`The ${part}`} data-part={part}>
      <div className={s.partHead}>
        <h3>{title}</h3>
        <span className={s.dim} aria-busy={isChecking || undefined}>
          {sizeWords(draft, check)}
        </span>
        <span className={s.grow} />
        {kind !== 'bytes' && <Segmented<Shown> label={`${title} as`} value={kind} options={kinds} onChange={turn} />}
      </div>
      {draft?.as === 'schema' && (
        <SchemaFields
          part={part}
          draft={draft}
          onChange={onChange}
          writtenBy={check?.writtenBy ?? null}
          connectionId={props.connectionId}
          topic={props.topic}
        />
      )}
      <Body {...props} onTyped={() => setRefused(undefined)} />
      {refused !== undefined && (
        <p className={s.bad} role="alert">
          {refused}
        </p>
      )}
      {check?.error != null && <ErrorBanner error={check.error} onRetry={props.onCheckAgain} />}
      <Problems of={title} text={typedOf(draft)} problems={problems} onGo={(place) => editor.current?.goTo(place)} />
    </section>
  )
}

/** The editor, or what is shown instead if nothing can be typed. */
function Body({ onTyped, ...props }: PartFieldProps & { onTyped: () => void }) {
  const { part, draft, onChange, check, editor } = props
  return draft === null ? (
    <p className={s.nothing}>
      {part === 'value'
        ? 'No value at all: a tombstone, by which a compacted topic forgets the key.'
        : 'No bytes at all, which is not the same as empty.'}
    </p>
  ) : isTooLarge(draft) ? (
    <div className={s.kept}>
      <span>{formatBytes(lengthOf(draft))} that are too large for an editor: written as they are.</span>
      <Button size="small" onPress={() => onChange(emptyText)}>
        Replace them
      </Button>
      <Button size="small" onPress={() => onChange(null)}>
        {part === 'value' ? 'Make it a tombstone' : 'Make it null'}
      </Button>
    </div>
  ) : (
    <div className={s.code}>
      <CodeField
        label={titles[part]}
        text={typedOf(draft)}
        language={languageOf(draft)}
        find={editor}
        onChange={(text) => {
          onTyped()
          onChange(withTyped(draft, text))
        }}
        problems={check?.problems ?? []}
        onFocus={props.onFocus}
      />
    </div>
  )
}

const lengthOf = (part: PartInput): number => (part.as === 'bytes' ? part.bytes.length : typedOf(part).length)

/** Bytes that nobody typed, or JSON that would block the page. */
const isTooLarge = (part: PartInput): boolean => part.as === 'bytes' || ('json' in part && part.json.length > EDITABLE)
