import type { ReactNode, RefObject } from 'react'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import { NamedFields } from '../../shared-views/value/named-fields.ts'
import { MarkerContext } from '../../ui/marked.tsx'
import { Split } from '../../ui/split-panes.tsx'
import type { Named } from './use-named-fields.ts'
import s from './messages.module.css'

export interface ListBesideRecordProps {
  body: RefObject<HTMLDivElement | null>
  list: ReactNode
  /** The open record; undefined: there is none. Matches of the search are marked in it. */
  record: ReactNode | undefined
  marker: MarkFinder | undefined
  named: Named
}

/** A list of records with the open record beside it. */
export function ListBesideRecord({ body, list, record, marker, named }: ListBesideRecordProps) {
  return (
    <div className={s.body} ref={body}>
      <Split
        label="Resize the record"
        panes={[
          { id: 'list', minSize: '30%', children: list },
          record !== undefined && {
            id: 'record',
            // The width of sixteen bytes in hex with their characters.
            defaultSize: '580px',
            minSize: '280px',
            children: (
              <MarkerContext value={marker}>
                <NamedFields value={named.inRecord}>{record}</NamedFields>
              </MarkerContext>
            ),
          },
        ]}
      />
    </div>
  )
}
