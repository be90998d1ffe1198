import { useEffect, useState } from 'react'
import type { Output } from '#shared/contract/define.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import { SeeklineError } from '#shared/errors.ts'
import { readSchemaId, schemaText } from '#shared/model/schema-id.ts'
import type { VersionOf } from '#shared/model/registered-schema.ts'
import { topicsOfSubject } from '#shared/model/subject-names.ts'
import { useApi, useNavigation } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { Button } from '../../ui/button.tsx'
import { Summary, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { RegistryFailure } from './registry-failure.tsx'
import { SchemaCode } from './schema-code.tsx'
import { typeWords } from './schema-words.ts'
import { SubjectPage } from './subject-page.tsx'
import s from './schemas.module.css'

type Found = Output<(typeof schemas)['schemas.find']>

/** The schema that a record names: with its subject if the registry tells it, otherwise the schema alone. */
export function FoundSchemaView({ tabId, intent, isActive }: TabViewProps<'schema'>) {
  const { connectionId, schema, topic, part } = intent
  const api = useApi()
  const [found, setFound] = useState<Fetched<Found>>(idle)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const mine = new AbortController()
    const id = readSchemaId(schema)
    const answer = id === null ? Promise.reject(notAnId()) : api.call('schemas.find', { connectionId, schema: id }, { signal: mine.signal }) // oxfmt-ignore
    answer.then(
      (value) => {
        if (!mine.signal.aborted) setFound(ready(value))
      },
      (error: unknown) => {
        if (!mine.signal.aborted) setFound((before) => failed(before, error))
      },
    )
    return () => mine.abort()
  }, [api, connectionId, schema, turn])
  const id = readSchemaId(schema)
  const called = id === null ? 'the schema' : schemaText(id)
  const again = () => {
    setFound(loading)
    setTurn((before) => before + 1)
  }
  if (found.value === undefined) {
    return found.status === 'failed' ? (
      <RegistryFailure connectionId={connectionId} isActive={isActive} error={found.error} onRetry={again} />
    ) : (
      <StateView kind="loading" title={`Asking the registry for ${called}…`} />
    )
  }
  const { type, text, versions } = found.value
  const meant = versions === null ? undefined : meantOf(versions, topic, part)
  if (meant === undefined) {
    return (
      <View>
        <Summary>
          <strong>{`This is the ${typeWords[type]} ${called} that the record names.`}</strong>{' '}
          {versions === null
            ? 'This registry does not tell which subjects hold it.'
            : 'No subject holds it any more; by its id it can still be read.'}
        </Summary>
        <div className={s.text}>
          <SchemaCode schema={{ type, text }} label={called} />
        </div>
      </View>
    )
  }
  const others = (versions ?? []).filter((one) => one !== meant)
  return (
    <SubjectPage
      key={`${meant.subject} ${meant.version}`}
      {...{ tabId, isActive, connectionId, ...meant }}
      lead={
        <div className={s.uses}>
          <p>{`A record${topic === undefined ? '' : ` of ${topic}`} names ${called}.`}</p>
          {others.length > 0 && <Others connectionId={connectionId} others={others} />}
        </div>
      }
    />
  )
}

function Others({
  connectionId,
  others,
}: Pick<TabViewProps<'schema'>['intent'], 'connectionId'> & { others: readonly VersionOf[] }) {
  // oxfmt-ignore
  const navigation = useNavigation()
  return (
    <ul className={s.links} aria-label="It is registered also as">
      {others.slice(0, 20).map((one) => (
        <li key={`${one.subject} ${one.version}`}>
          <span className={s.faint}>also</span>
          <Button
            variant="link"
            size="small"
            onPress={() => navigation.open({ kind: 'subject', connectionId, ...one })}
          >
            <SafeText text={`${one.subject} v${one.version}`} limit={120} />
          </Button>
        </li>
      ))}
    </ul>
  )
}

/** Of several subjects that contain it, the record's own; of its versions the newest. */
function meantOf(
  versions: readonly VersionOf[],
  topic: string | undefined,
  part: string | undefined,
): VersionOf | undefined {
  // oxfmt-ignore
  const rank = ({ subject }: VersionOf): number => {
    const named = topicsOfSubject(subject, (name) => name === topic)
    return named.some((one) => one.part === part) ? 2 : named.length > 0 ? 1 : 0
  }
  return versions.toSorted((a, b) => rank(b) - rank(a) || b.version - a.version)[0]
}

function notAnId(): SeeklineError {
  return new SeeklineError('call.invalid', 'What this tab kept names no schema any more.', {
    hint: 'Open it again from its record.',
  })
}
