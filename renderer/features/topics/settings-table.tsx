import { useMemo, useState } from 'react'
import type { ConfigRow } from '#shared/contract/topics.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { settingWords } from './setting-words.ts'
import s from './topics.module.css'

export interface SettingsTableProps {
  topic: string
  settings: readonly ConfigRow[]
  filter: string
  onlyChanged: boolean
}

/** The source of a value in plain words; the tooltip has Kafka's own name. */
const sources: Readonly<Record<string, string>> = {
  DYNAMIC_TOPIC_CONFIG: 'this topic',
  DYNAMIC_BROKER_CONFIG: 'the broker, dynamic',
  DYNAMIC_DEFAULT_BROKER_CONFIG: 'all brokers, dynamic',
  STATIC_BROKER_CONFIG: 'the broker’s file',
  DEFAULT_CONFIG: 'Kafka’s default',
}

export function SettingsTable({ topic, settings, filter, onlyChanged }: SettingsTableProps) {
  const rows = useMemo(
    () => (onlyChanged ? settings.filter((row) => !row.isDefault) : settings),
    [settings, onlyChanged],
  )
  const [chosen, setChosen] = useState<string>()
  const row = settings.find((one) => one.name === chosen)
  return (
    <div className={s.fill}>
      <SmallTable
        label={`Settings of ${topic}`}
        columns={columns}
        columnsId="topic-settings"
        rows={rows}
        rowId={(one) => one.name}
        filter={filter}
        selected={chosen === undefined ? [] : [chosen]}
        onSelectionChange={(ids) => setChosen(ids.at(-1))}
        empty={<StateView kind="empty" title={onlyChanged ? 'Every setting has its default.' : 'No such setting.'} />}
      />
      {row !== undefined && (
        <section className={s.detail} aria-label={`About ${row.name}`}>
          <strong>
            <code>{row.name}</code>
          </strong>
          {row.documentation !== null && (
            // Brokers send HTML in their documentation; only its text is shown.
            <p>{row.documentation.replaceAll(/<[^>]*>/g, '')}</p>
          )}
          {row.synonyms.map((one) => (
            <p key={`${one.source}/${one.name}`}>
              <code>
                {one.name} = <SafeText text={one.value ?? 'not shown'} limit={300} />
              </code>{' '}
              <span className={s.faint}>{sources[one.source] ?? one.source}</span>
            </p>
          ))}
        </section>
      )}
    </div>
  )
}

const columns: readonly TableColumn<ConfigRow>[] = [
  { id: 'name', title: 'Setting', width: 300, mono: true, value: (row) => row.name },
  {
    id: 'value',
    title: 'Value',
    width: 240,
    flex: 1,
    mono: true,
    value: (row) => row.value,
    cell: (row) =>
      row.sensitive ? (
        <span className={s.faint}>hidden by the broker</span>
      ) : row.value === null || row.value === '' ? (
        <span className={s.faint}>{row.value === null ? 'not set' : 'empty'}</span>
      ) : (
        <>
          <SafeText text={row.value} limit={400} />
          {settingWords(row) !== undefined && <span className={s.words}>{settingWords(row)}</span>}
        </>
      ),
  },
  {
    id: 'source',
    title: 'From',
    width: 168,
    value: (row) => sources[row.source] ?? row.source,
    cell: (row) => (
      <span title={row.source} className={row.isDefault ? s.faint : undefined}>
        {sources[row.source] ?? row.source}
      </span>
    ),
  },
]
