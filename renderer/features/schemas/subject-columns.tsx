import type { SubjectSummary } from '#shared/contract/schemas.ts'
import type { SubjectItem } from '../../stores/subjects.ts'
import { Badge } from '../../ui/badge.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import type { TableColumn } from '../../ui/small-table.tsx'
import { typeWords } from './schema-words.ts'
import type { TopicNames } from './use-topic-names.ts'
import s from './schemas.module.css'

export interface SubjectRow extends SubjectItem {
  /** Shown after the name. */
  readonly summary: SubjectSummary | undefined
}

/** A column can be sorted only once its values are known of all subjects. */
export function subjectColumns({
  topics,
  isWhole,
}: {
  topics: TopicNames
  isWhole: boolean
}): readonly TableColumn<SubjectRow>[] {
  // oxfmt-ignore
  return [
    {
      id: 'subject',
      title: 'Subject',
      width: 240,
      flex: 3,
      value: (row) => row.subject,
      cell: (row) => (
        <span className={s.cell}>
          <span className={row.deleted ? s.gone : undefined}>
            <SafeText text={row.subject} limit={300} />
          </span>
          {row.deleted && <Badge>deleted</Badge>}
        </span>
      ),
    },
    {
      id: 'type',
      title: 'Type',
      width: 124,
      isSortable: isWhole,
      value: ({ summary }) => summary?.type,
      cell: ({ summary }) => later(summary, ({ type }) => type && typeWords[type]),
    },
    {
      id: 'versions',
      title: 'Versions',
      width: 96,
      align: 'end',
      mono: true,
      isSortable: isWhole,
      value: ({ summary }) => summary?.versions.length,
      cell: ({ summary }) => later(summary, ({ versions }) => String(versions.length)),
    },
    {
      id: 'latest',
      title: 'Latest',
      width: 124,
      isSortable: isWhole,
      value: ({ summary }) => summary?.latest?.id,
      cell: ({ summary }) => later(summary, ({ latest }) => latest && <>{`v${latest.version} `}<span className={s.faint}>id {latest.id}</span></>), // oxfmt-ignore
    },
    {
      id: 'compatibility',
      title: 'Compatibility',
      width: 188,
      isSortable: isWhole,
      value: ({ summary }) => summary?.compatibility,
      cell: ({ summary }) =>
        later(
          summary,
          ({ compatibility, inherits }) =>
            compatibility && (
              <span className={inherits ? s.faint : undefined} title={inherits ? 'The registry’s own; the subject has none' : undefined}>{compatibility}</span>
            ), // oxfmt-ignore
        ),
    },
    {
      id: 'topics',
      title: 'Topics, by the name',
      width: 200,
      flex: 2,
      isSortable: topics.isKnown,
      value: (row) => topics.of(row.subject).join(', '),
      cell: (row) => {
        const names = topics.of(row.subject)
        if (names.length > 0) return <SafeText text={names.join(', ')} limit={300} />
        return <span className={s.faint}>{topics.isKnown ? 'none' : '…'}</span>
      },
    },
  ]
}

function later(summary: SubjectSummary | undefined, draw: (summary: SubjectSummary) => React.ReactNode) {
  if (summary === undefined) return <span className={s.faint}>…</span>
  if (summary.error !== null) {
    return (
      <span className={s.faint} title={summary.error.message}>
        not known
      </span>
    )
  }
  return draw(summary) ?? <span className={s.faint}>none</span>
}
