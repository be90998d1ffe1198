import { useMemo, useState, type Ref } from 'react'
import type { FullRecord } from '#shared/contract/messages.ts'
import { Button } from '../../ui/button.tsx'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { formatBytes, formatGrouped } from '../../ui/format.ts'
import { Facts } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Headers } from './headers.tsx'
import { formOf, Payload, payloadOf, shownForms, type FieldUses, type ShownForm } from './payload.tsx'
import { headerPage, SHOWN_LIMIT, type HeaderPage } from './record-store.ts'
import { marksOf, recordFacts } from './record-facts.tsx'
import type { Part } from './whole-record.ts'
import s from './record.module.css'

export interface RecordBodyProps {
  found: FullRecord
  /** What was fetched of each; more than the record's answer if more was requested. */
  payloadKey: Uint8Array | undefined
  value: Uint8Array | undefined
  headerPages: readonly HeaderPage[]
  isFetching: boolean
  zone: string
  /** The chosen form, if one was. */
  shownAs: ShownForm | undefined
  onShowAs: (form: ShownForm) => void
  onMore: (part: Part) => void
  /** Fetches all that is left. */
  onAll: (part: Part) => void
  onSave: (part: Part) => void
  onTurnHeaders: (way: -1 | 1) => void
  onOpenElsewhere: (at: { topic: string; partition: number; offset: bigint }) => void
  onDecodeAs: (part: Part | 'header', header?: string) => void
  onOpenSchema: (part: Part) => void
  columns: FieldUses
  find: Ref<FindHandle>
}

/** A record's properties, then its key, value or headers in one of their forms. */
export function RecordBody(props: RecordBodyProps) {
  const { found, zone } = props
  const [part, setPart] = useState<Part | 'headers'>('value')
  const fetched = part === 'key' ? props.payloadKey : props.value
  const payload = useMemo(
    () => (part === 'headers' ? undefined : payloadOf(found, part, fetched)),
    [found, part, fetched],
  )
  const form = payload && formOf(payload, props.shownAs)
  const marks = marksOf(found)
  return (
    <>
      <Facts items={recordFacts(found, zone)} />
      {marks.length > 0 && <div className={s.marks}>{marks}</div>}
      <div className={s.parts}>
        <Segmented<Part | 'headers'>
          label="Part of the record"
          value={part}
          onChange={setPart}
          options={[
            { id: 'value', label: 'Value' },
            { id: 'key', label: 'Key' },
            { id: 'headers', label: `Headers ${formatGrouped(found.headerCount)}` },
          ]}
        />
        <span className={s.grow} />
        {payload !== undefined && form !== undefined && (
          <Segmented<ShownForm>
            label="Shown as"
            value={form}
            onChange={(next) => {
              props.onShowAs(next)
              // A part of a JSON text is not JSON.
              if (next === 'json' && payload.isPart && payload.size <= SHOWN_LIMIT) props.onAll(payload.part)
            }}
            options={shownForms.map((id) => ({
              id,
              label: labels[id],
              isDisabled: id === 'tree' && payload.as?.value == null,
            }))}
          />
        )}
      </div>
      <div className={s.content}>
        {payload === undefined || form === undefined ? (
          <Headers {...props} record={found} page={headerPage(found, props.headerPages)} onTurn={props.onTurnHeaders} />
        ) : (
          <Payload {...props} payload={payload} form={form} />
        )}
      </div>
      {payload?.isPart === true && payload.bytes !== null && (
        <div className={s.more}>
          <span>
            {formatBytes(payload.bytes.length)} of {formatBytes(payload.size)} shown
          </span>
          <span className={s.grow} />
          {payload.size <= SHOWN_LIMIT ? (
            <Button size="small" onPress={() => props.onAll(payload.part)} isPending={props.isFetching}>
              Fetch all
            </Button>
          ) : (
            <Button size="small" onPress={() => props.onMore(payload.part)} isPending={props.isFetching}>
              Fetch 1 MiB more
            </Button>
          )}
          <Button size="small" onPress={() => props.onSave(payload.part)}>
            Save {payload.part}…
          </Button>
        </div>
      )}
    </>
  )
}

const labels: Readonly<Record<ShownForm, string>> = {
  tree: 'Tree',
  json: 'JSON',
  text: 'Text',
  hex: 'Hex',
  report: 'Report',
}
