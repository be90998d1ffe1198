import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { GoingVersion } from '#shared/model/registered-schema.ts'
import { useNavigation } from '../../workbench/services.ts'
import { Badge } from '../../ui/badge.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { SubjectLinks, TopicLinks } from './links.tsx'
import { SchemaCode } from './schema-code.tsx'
import { counted, typeWords } from './schema-words.ts'
import s from './schemas.module.css'

export interface PlanRowsProps {
  plan: SchemaPlan
  /** It was applied without any failure. */
  isDone: boolean
  connectionId: ConnectionId
}

/** The details of a plan: the versions to be deleted and who uses them, or the schemas to be registered. */
export function PlanRows({ plan, isDone, connectionId }: PlanRowsProps) {
  if (plan.action === 'delete') return <Going plan={plan} isDone={isDone} connectionId={connectionId} />
  if (plan.action !== 'register') return null
  return (
    <div className={s.drafts}>
      {plan.drafts.map((draft, at) => (
        <div key={at} className={s.text}>
          <SchemaCode schema={draft} label={`Schema ${at + 1} of ${plan.drafts.length}`} />
        </div>
      ))}
    </div>
  )
}

type Deletion = Extract<SchemaPlan, { action: 'delete' }>

function Going({ plan, isDone, connectionId }: PlanRowsProps & { plan: Deletion }) {
  const navigation = useNavigation()
  const { use, referredToBy, rows, subject, permanent } = plan
  return (
    <>
      <div className={s.uses} hidden={use.topics.length + referredToBy.length === 0}>
        {use.topics.length > 0 && (
          <TopicLinks
            connectionId={connectionId}
            label="Topics whose last records carry it"
            items={use.topics.map(({ topic, part, records, looked, ids }) => ({
              topic,
              part,
              note: `${part}s of ${records} of its last ${counted(looked, 'record')}, ${ids.join(', ')}`,
            }))}
          />
        )}
        {referredToBy.length > 0 && (
          <SubjectLinks
            connectionId={connectionId}
            label="Schemas that refer to it"
            items={referredToBy.slice(0, 100).map((one) => ({ ...one, note: 'refers to it' }))}
          />
        )}
      </div>
      <SmallTable
        label={`Versions of ${subject} to delete`}
        columns={isDone ? goneColumns(permanent ? 'deleted for good' : 'deleted softly') : goingColumns}
        rows={rows}
        rowId={({ version }) => String(version)}
        onOpen={({ version }) => navigation.open({ kind: 'subject', connectionId, subject, version })}
        empty={<p className={s.quiet}>There is nothing to delete.</p>}
      />
    </>
  )
}

const goingColumns: readonly TableColumn<GoingVersion>[] = [
  { id: 'version', title: 'Version', width: 90, align: 'end', mono: true, value: (row) => row.version },
  { id: 'id', title: 'Id', width: 100, align: 'end', mono: true, value: (row) => row.id },
  { id: 'type', title: 'Type', width: 120, value: (row) => row.type && typeWords[row.type] },
  {
    id: 'state',
    title: 'Now',
    width: 150,
    value: (row) => Number(row.deleted),
    cell: (row) => (row.deleted ? <Badge>deleted softly</Badge> : 'in use'),
  },
  {
    id: 'text',
    title: 'Schema',
    width: 200,
    flex: 1,
    mono: true,
    value: (row) => row.text?.slice(0, 300),
    cell: (row) =>
      row.text === null ? (
        <span className={s.faint}>not reported by this registry</span>
      ) : (
        <SafeText text={row.text.slice(0, 300)} limit={300} />
      ),
  },
]

/** The same once they have been deleted. */
function goneColumns(state: string): readonly TableColumn<GoingVersion>[] {
  return goingColumns.map((column) =>
    column.id === 'state' ? { ...column, cell: () => <Badge>{state}</Badge> } : column,
  )
}
