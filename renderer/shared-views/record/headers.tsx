import { Fragment, useState, type ReactNode } from 'react'
import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import { utf8Text } from '#shared/bytes.ts'
import { isReadable, shownText, type Decoded, type Decoding } from '#shared/model/decoded.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { Value as FieldValue } from '#shared/model/decoded-value.ts'
import { Button } from '../../ui/button.tsx'
import { DownIcon, MoreIcon, UpIcon } from '../../ui/icons.ts'
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx'
import { formatBytes, formatCoordinates, formatGrouped } from '../../ui/format.ts'
import { MarkedText } from '../../ui/marked.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { lineJson, ValueLine } from '../value/value-line.tsx'
import { deadLetterOrigin, traceFields } from './header-fields.ts'
import { HeaderForms, isOpenable } from './header-value.tsx'
import { columnItem, type FieldUses } from './payload.tsx'
import type { HeaderPage } from './record-store.ts'
import s from './record.module.css'

export interface HeadersProps {
  record: FullRecord
  /** A page at a time: a record of a few bytes can claim more headers than a page could draw. */
  page: HeaderPage
  isFetching: boolean
  onTurn: (way: -1 | 1) => void
  /** Opens the place a dead letter came from. */
  onOpenElsewhere: (at: { topic: string; partition: number; offset: bigint }) => void
  columns: FieldUses
  /** Asks how to decode all headers of a name. */
  onDecodeAs: (part: 'header', name: string) => void
}

interface MenuPlace {
  /** Where it was opened, on the page. */
  x: number
  y: number
  name: string
  /** The value there; unknown if it is cut. */
  value: FieldValue | undefined
}

/** Headers in their own order, including duplicates; null, empty and non-text are distinguished. */
// oxlint-disable-next-line max-lines-per-function -- the rows of one table, each with its menu, and the pages below it
export function Headers({ record, page, isFetching, onTurn, onOpenElsewhere, columns, onDecodeAs }: HeadersProps) {
  const { headers, from, next } = page
  const { headerCount, headersProblem } = record
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const [menuAt, setMenuAt] = useState<MenuPlace>()
  if (headerCount === 0) return <StateView kind="empty" title="The record has no headers." />
  const origin = deadLetterOrigin(headers)
  const turn = (index: number) => setOpened((before) => (before.has(index) ? new Set([...before].filter((one) => one !== index)) : new Set([...before, index]))) // oxfmt-ignore
  const menu = ({ name, value }: MenuPlace): readonly MenuEntry[] => {
    const field: RowField = { part: 'header', path: [name] }
    const searches = value === undefined ? [] : columns.searches(field, value)
    return [
      ...columnItem(columns, field),
      { id: 'decode', label: `Decode ${name} as…`, onAction: () => onDecodeAs('header', name) },
      ...(searches.length === 0 ? [] : [{ heading: 'Search', items: searches }]),
    ]
  }
  return (
    <div className={s.headers}>
      {origin !== undefined && (
        <div className={s.origin}>
          <Button size="small" onPress={() => onOpenElsewhere(origin)}>
            Open the record that failed: {formatCoordinates(origin.topic, origin.partition, origin.offset)}
          </Button>
        </div>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
            <th scope="col">Actions</th>
          </tr>
        </thead>
        <tbody>
          {headers.map((header, index) => {
            const name = utf8Text(header.name)
            const isNamed = name !== null && name !== '' && header.nameSize === undefined && name.length <= 1_000
            const number = from + index
            return (
              // Their only identity is the order: names may repeat.
              <tr
                key={number}
                onContextMenu={(event) => {
                  // The tree in it has a menu of its own.
                  if (!isNamed || event.defaultPrevented) return
                  event.preventDefault()
                  setMenuAt({ x: event.clientX, y: event.clientY, name, value: textOf(header) })
                }}
              >
                <td>{formatGrouped(number)}</td>
                <td>
                  <Bytes bytes={header.name} as={header.nameAs} isCut={header.nameSize !== undefined} />
                  {header.nameSize !== undefined && (
                    <span className={s.faint}> cut; {formatBytes(header.nameSize)} in all</span>
                  )}
                  {header.known && <div className={s.known}>{header.known.label}</div>}
                </td>
                <td>
                  {header.known?.meant && <div>{header.known.meant}</div>}
                  <Value header={header} />
                  {header.value !== null && header.value.length < header.size && (
                    <span className={s.faint}> cut; {formatBytes(header.size)} in all</span>
                  )}
                  <TraceFields header={header} />
                  {opened.has(number) && isOpenable(header) && (
                    <HeaderForms header={header} name={name ?? 'header'} columns={columns} />
                  )}
                </td>
                <td className={s.headerActions}>
                  {isOpenable(header) && (
                    <RowButton
                      label={opened.has(number) ? `Close ${name ?? 'header'}` : `Open ${name ?? 'header'}`}
                      isExpanded={opened.has(number)}
                      onClick={() => turn(number)}
                    >
                      {opened.has(number) ? <UpIcon size={14} /> : <DownIcon size={14} />}
                    </RowButton>
                  )}
                  {isNamed && (
                    <RowButton
                      label={`Actions for ${name}`}
                      onClick={(x, y) => setMenuAt({ x, y, name, value: textOf(header) })}
                    >
                      <MoreIcon size={14} />
                    </RowButton>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {menuAt !== undefined && (
        <ContextMenu
          label={`Header ${menuAt.name}`}
          items={menu(menuAt)}
          at={menuAt}
          onClose={() => setMenuAt(undefined)}
        />
      )}
      {headersProblem !== null && <p className={s.faint}>Not all headers can be read: {headersProblem}.</p>}
      {(from > 0 || next !== null) && (
        <div className={s.more}>
          <span>
            {from === 0
              ? `First ${formatGrouped(headers.length)}`
              : `${formatGrouped(from + 1)} – ${formatGrouped(from + headers.length)}`}{' '}
            of {formatGrouped(headerCount)} headers
          </span>
          {from > 0 && (
            <Button size="small" onPress={() => onTurn(-1)}>
              Previous
            </Button>
          )}
          {next !== null && (
            <Button size="small" onPress={() => onTurn(1)} isPending={isFetching}>
              More
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

/** A header as an expression sees it: its text, or null. */
function textOf({ value, size, valueAs }: HeaderValue): FieldValue | undefined {
  if (value === null) return { kind: 'null' }
  const text = valueAs !== null && isReadable(valueAs.form) && value.length === size ? utf8Text(value) : null
  return text === null ? undefined : { kind: 'text', value: text }
}

/** The parts of a `traceparent`, below its text. */
function TraceFields({ header }: { header: HeaderValue }) {
  const fields = traceFields(header)
  if (fields.length === 0) return null
  return (
    <dl className={s.fields}>
      {fields.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}

interface RowButtonProps {
  label: string
  isExpanded?: boolean
  onClick: (x: number, y: number) => void
  children: ReactNode
}

/** A plain HTML button: a thousand rows have two each, and a tooltip and a press handler for each would take seconds. */
function RowButton({ label, isExpanded, onClick, children }: RowButtonProps) {
  return (
    <button
      type="button"
      className={s.rowButton}
      aria-label={label}
      aria-expanded={isExpanded}
      title={label}
      onClick={({ currentTarget }) => {
        const { left, bottom } = currentTarget.getBoundingClientRect()
        onClick(left, bottom)
      }}
    >
      {children}
    </button>
  )
}

/** The decoded value in one line. */
function Value({ header: { value, valueAs, size } }: { header: HeaderValue }) {
  if (value === null || valueAs === null || value.length === 0)
    return <Bytes bytes={value} as={valueAs} isCut={false} />
  const { form, written }: Decoded = valueAs
  const isCut = written === null ? value.length < size : valueAs.isCut
  if (form === 'json' && valueAs.value?.kind !== 'text')
    return <ValueLine json={lineJson(written ?? value, isCut, null)} limit={2_000} />
  return <Bytes bytes={written ?? value} as={valueAs} isCut={isCut} />
}

function Bytes({ bytes, as, isCut }: { bytes: Uint8Array | null; as: Decoding | null; isCut: boolean }) {
  if (bytes === null || as === null) return <span className={s.faint}>null</span>
  if (bytes.length === 0) return <span className={s.faint}>empty</span>
  const text = shownText(as.form, bytes, isCut, 256)
  return isReadable(as.form) ? (
    <MarkedText text={text} limit={2_000} />
  ) : (
    <span title="Not text; shown in hex">{text}</span>
  )
}
