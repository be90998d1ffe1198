import { Fragment } from 'react'
import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import { isReadable, shownText, type Decoding } from '#shared/model/decoded.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatCoordinates, formatGrouped } from '../../ui/format.ts'
import { MarkedText } from '../../ui/marked.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { deadLetterOrigin, traceFields } from './header-fields.ts'
import type { HeaderPage } from './record-store.ts'
import s from './record.module.css'

export interface HeadersProps {
  record: FullRecord
  /** A page at a time: a record of a few bytes can claim more headers than a page could draw. */
  page: HeaderPage
  isFetching: boolean
  onTurn: (way: -1 | 1) => void
  /** To where a dead letter came from. */
  onOpenElsewhere: (at: { topic: string; partition: number; offset: bigint }) => void
}

/** Headers in their own order, duplicates and all; null, empty and not-text told apart. */
export function Headers({ record, page, isFetching, onTurn, onOpenElsewhere }: HeadersProps) {
  const { headers, from, next } = page
  const { headerCount, headersProblem } = record
  if (headerCount === 0) return <StateView kind="empty" title="The record has no headers." />
  const origin = deadLetterOrigin(headers)
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
          </tr>
        </thead>
        <tbody>
          {headers.map((header, index) => (
            // Order is their only identity: names may repeat.
            <tr key={index}>
              <td>{formatGrouped(from + index)}</td>
              <td>
                <Bytes bytes={header.name} as={header.nameAs} isCut={header.nameSize !== undefined} />
                {header.nameSize !== undefined && (
                  <span className={s.faint}> cut; {formatBytes(header.nameSize)} in all</span>
                )}
                {header.known && <div className={s.known}>{header.known.label}</div>}
              </td>
              <td>
                {header.known?.meant && <div>{header.known.meant}</div>}
                <Bytes bytes={header.value} as={header.valueAs} isCut={(header.value?.length ?? 0) < header.size} />
                {header.value !== null && header.value.length < header.size && (
                  <span className={s.faint}> cut; {formatBytes(header.size)} in all</span>
                )}
                <TraceFields header={header} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
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

/** A `traceparent` in its parts, under its text. */
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
