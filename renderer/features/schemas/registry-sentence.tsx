import { useEffect, useState } from 'react'
import type { Output } from '#shared/contract/define.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi, useNavigation } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Summary } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { counted, kindWords, levelWords } from './schema-words.ts'
import s from './schemas.module.css'

type About = Output<(typeof schemas)['schemas.about']>

/** Which registry it is, its settings, and features that it lacks. */
export function RegistrySentence({
  connectionId,
  count,
  isCut,
  readAt,
}: {
  connectionId: ConnectionId
  count: number
  /** There may be more. */
  isCut: boolean
  readAt: number | undefined
}) {
  // oxfmt-ignore
  const api = useApi()
  const navigation = useNavigation()
  const [about, setAbout] = useState<About>()
  useEffect(() => {
    const mine = new AbortController()
    api.call('schemas.about', { connectionId }, { signal: mine.signal }).then(
      (value) => {
        if (!mine.signal.aborted) setAbout(value)
      },
      // The list beside it reports the error.
      () => undefined,
    )
    return () => mine.abort()
  }, [api, connectionId, readAt])
  const where = about === undefined ? '' : ` at ${about.urls.join(', ')}${about.context === '' ? '' : `, context ${about.context}`}` // oxfmt-ignore
  return (
    <Summary
      badges={
        <Button onPress={() => navigation.open({ kind: 'schemaChange', connectionId, what: 'compatibility' })}>
          Compatibility…
        </Button>
      }
    >
      <strong>
        {isCut && 'At least '}
        {counted(count, 'subject')}
        {about !== undefined && <SafeText text={` in ${kindWords[about.kind]}${where}.`} limit={400} />}
      </strong>{' '}
      {about !== undefined && <span>{sentencesOf(about).join(' ')}</span>}
      {about !== undefined && about.lacks.length > 0 && (
        <span className={s.lacks}>
          <SafeText text={about.lacks.join(' ')} limit={1000} />
        </span>
      )}
    </Summary>
  )
}

function sentencesOf({ compatibility, mode }: About): string[] {
  const level = compatibility === null ? 'This registry does not tell its compatibility.' : `${compatibility} where a subject has none of its own: ${levelWords[compatibility]}.` // oxfmt-ignore
  return mode === null || mode === 'READWRITE' ? [level] : [level, `Its mode is ${mode}.`]
}
