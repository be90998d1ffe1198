import { useId, type ReactNode } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SchemaVersion } from '#shared/model/registered-schema.ts'
import type { Fetched } from '../../stores/fetched.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { Facts } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { SubjectLinks, TopicLinks } from './links.tsx'
import { compatibilityWords, typeWords } from './schema-words.ts'
import type { References, SubjectAbout, SubjectTopics } from './subject-store.ts'
import s from './schemas.module.css'

export interface SubjectAsideProps {
  connectionId: ConnectionId
  about: SubjectAbout
  schema: SchemaVersion | undefined
  references: Fetched<References>
  topics: Fetched<SubjectTopics>
  onSample: () => void
}

/** What a schema is related to: topics, schemas that it references, schemas that reference it. */
export function SubjectAside({ connectionId, about, schema, references, topics, onSample }: SubjectAsideProps) {
  return (
    <div className={s.aside}>
      <Part title="This version">
        <Facts
          items={[
            schema !== undefined && ['Type', typeWords[schema.type]],
            schema !== undefined && ['Id', <code key="id">{schema.id}</code>],
            schema?.guid != null && ['GUID', <code key="guid">{schema.guid}</code>],
            ['Compatibility', compatibilityWords(about.compatibility)],
            about.mode !== null && ['Mode', about.mode],
          ]}
        />
      </Part>
      <Topics connectionId={connectionId} topics={topics} onSample={onSample} />
      <Part title="Refers to">
        {references.status === 'failed' && <ErrorBanner error={references.error} />}
        {references.value?.problem != null && <ErrorBanner tone="warn" error={references.value.problem} />}
        <Schemas
          connectionId={connectionId}
          items={references.value?.uses.map((one) => ({ ...one, note: one.depth > 1 ? 'through another' : one.name }))}
        />
      </Part>
      <Part title="Referred to by">
        <Schemas connectionId={connectionId} items={references.value?.usedBy} />
      </Part>
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId()
  return (
    <section className={s.part} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  )
}

function Topics({ connectionId, topics, onSample }: Pick<SubjectAsideProps, 'connectionId' | 'topics' | 'onSample'>) {
  const items = topics.value?.items
  const use = topics.value?.use
  return (
    <Part title="Its topics">
      {topics.status === 'failed' && <ErrorBanner error={topics.error} />}
      {items === undefined ? (
        <p className={s.quiet}>{topics.status === 'failed' ? 'not known' : 'Looking…'}</p>
      ) : items.length === 0 ? (
        <p className={s.quiet}>None that its name suggests.</p>
      ) : (
        <TopicLinks
          connectionId={connectionId}
          items={items.map(({ topic, part, by }) => ({
            topic,
            part,
            note: [part, by === 'name' ? 'by name' : 'sampled'].filter((word) => word !== null).join(', '),
          }))}
        />
      )}
      {use != null && (
        <p className={s.quiet}>
          <SafeText text={use.sentence} limit={1000} />
        </p>
      )}
      <Button size="small" isPending={topics.status === 'loading'} onPress={onSample}>
        Check last records
      </Button>
    </Part>
  )
}

interface SchemasProps {
  connectionId: ConnectionId
  items: readonly { subject: string; version: number; note?: string }[] | undefined
}

function Schemas({ connectionId, items }: SchemasProps) {
  if (items === undefined) return <p className={s.quiet}>Looking…</p>
  if (items.length === 0) return <p className={s.quiet}>no other schema</p>
  return <SubjectLinks connectionId={connectionId} items={items} />
}
