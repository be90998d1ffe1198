import type { ConnectionId } from '#shared/model/ids.ts'
import type { Intent } from '../../workbench/navigation.ts'
import { useNavigation } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import s from './schemas.module.css'

interface TopicLinksProps {
  connectionId: ConnectionId
  label?: string
  items: readonly { topic: string; part: string | null; note: string }[]
}

/** Topics that use a schema. */
export function TopicLinks({ connectionId, label, items }: TopicLinksProps) {
  const links = items.map(({ topic, part, note }) => {
    const to: Intent = { kind: 'messages', connectionId, topic }
    return { key: `${topic} ${part}`, text: topic, to, note }
  })
  return <Links label={label} items={links} />
}

interface SubjectLinksProps {
  connectionId: ConnectionId
  label?: string
  items: readonly { subject: string; version: number; note?: string }[]
}

/** Versions of subjects that are related to a schema. */
export function SubjectLinks({ connectionId, label, items }: SubjectLinksProps) {
  const links = items.map(({ subject, version, note }, at) => {
    const to: Intent = { kind: 'subject', connectionId, subject, version }
    return { key: `${subject} ${version} ${at}`, text: `${subject} v${version}`, to, note }
  })
  return <Links label={label} items={links} />
}

interface Link {
  key: string
  text: string
  to: Intent
  note: string | undefined
}

function Links({ label, items }: { label: string | undefined; items: readonly Link[] }) {
  const navigation = useNavigation()
  return (
    <ul className={s.links} aria-label={label}>
      {items.map(({ key, text, to, note }) => (
        <li key={key}>
          <Button variant="link" size="small" onPress={() => navigation.open(to)}>
            <SafeText text={text} limit={120} />
          </Button>
          {note !== undefined && (
            <span className={s.faint}>
              <SafeText text={note} limit={80} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
