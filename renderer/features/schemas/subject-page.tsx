import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { SchemaVersion } from '#shared/model/registered-schema.ts'
import { useApi, useNavigation, useServices, useZone } from '../../workbench/services.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { finding, refreshing } from '../../workbench/view-commands.ts'
import { idle } from '../../stores/fetched.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ErrorBanner, ErrorState } from '../../ui/error-banner.tsx'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { formatTime, zoneLabel } from '../../ui/format.ts'
import { MoreIcon, PlusIcon } from '../../ui/icons.ts'
import { Bar, Summary, View } from '../../ui/layout.tsx'
import { Menu } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { CompareVersions } from './compare-versions.tsx'
import { RegistryFailure } from './registry-failure.tsx'
import { SchemaCode } from './schema-code.tsx'
import { compatibilityWords, counted, typeWords } from './schema-words.ts'
import { SubjectAside } from './subject-aside.tsx'
import { createSubjectStore, type SubjectAbout } from './subject-store.ts'
import s from './schemas.module.css'

export interface SubjectPageProps {
  tabId: string
  isActive: boolean
  connectionId: ConnectionId
  subject: string
  /** Omitted: the latest. */
  version?: number | undefined
  compare?: number | undefined
  /** Shown at the top: how the user came here. */
  lead?: ReactNode
}

// oxlint-disable-next-line max-lines-per-function -- head, versions, text and comparison of one subject: each has a file of its own, and this says when each is shown
export function SubjectPage(props: SubjectPageProps) {
  const { tabId, isActive, connectionId, subject, lead } = props
  const api = useApi()
  const { subjects } = useServices()
  const changes = useStore(subjects, (state) => state.changes[connectionId] ?? 0)
  const navigation = useNavigation()
  const zone = useZone()
  const [store] = useState(() => createSubjectStore(api, connectionId, subject))
  const { about, versions, references, topics } = useStore(store)
  const [chosen, setChosen] = useState(props.version)
  const [part, setPart] = useState<'schema' | 'compare'>(props.compare === undefined ? 'schema' : 'compare')
  const find = useRef<FindHandle>(null)
  const known = about.value
  const version = chosen ?? known?.latest?.version ?? known?.versions.at(-1)?.version
  const shown = (version === undefined ? undefined : versions.get(version)) ?? idle
  useEffect(() => store.refresh(), [store, changes])
  useEffect(() => () => store.stop(), [store])
  useEffect(() => {
    if (version === undefined || known === undefined) return
    store.wantVersion(version)
    store.wantReferences(version)
  }, [store, version, known])
  useOffer(refreshing, () => store.refresh(), isActive)
  useOffer(finding, () => find.current?.find(), isActive && part === 'schema')
  const { readAt } = about
  useTabStatus(
    tabId,
    useMemo(
      () => ({ main: readAt === undefined ? '' : `Read ${formatTime(readAt, zone).slice(0, 8)} ${zoneLabel(zone)}` }),
      [readAt, zone],
    ),
  )
  if (known === undefined) {
    return about.status === 'failed' ? (
      <RegistryFailure
        connectionId={connectionId}
        isActive={isActive}
        error={about.error}
        onRetry={() => store.refresh()}
      />
    ) : (
      <StateView kind="loading" title={`Reading ${subject}…`} />
    )
  }
  const isGone = known.latest === null
  const change = (more: { version?: number; permanent?: boolean }) =>
    navigation.open({ kind: 'schemaChange', connectionId, what: 'delete', subject, ...more })
  return (
    <View>
      <Bar
        label={`Actions for ${subject}`}
        actions={
          <>
            {shown.value !== undefined && <CopyButton isLabelled size="normal" label="Copy" text={shown.value.text} />}
            <Button
              variant="primary"
              onPress={() => navigation.open({ kind: 'schemaDraft', connectionId, subject, ...(version === undefined ? {} : { from: version }) })} // oxfmt-ignore
            >
              <PlusIcon size={14} aria-hidden="true" />
              New version…
            </Button>
            <Menu
              label="More"
              placement="bottom end"
              trigger={
                <IconButton label="More">
                  <MoreIcon size={14} />
                </IconButton>
              }
              items={[
                { id: 'refresh', label: 'Refresh', shortcut: 'F5', onAction: () => store.refresh() },
                {
                  id: 'compatibility',
                  label: 'Compatibility…',
                  onAction: () =>
                    navigation.open({ kind: 'schemaChange', connectionId, what: 'compatibility', subject }),
                },
                '-',
                {
                  id: 'version',
                  label: `Delete version ${version ?? ''}…`,
                  isDanger: true,
                  isDisabled: version === undefined,
                  onAction: () => change({ version: version!, permanent: isDeleted(known, version) }), // the item is disabled if there is no version
                },
                {
                  id: 'subject',
                  label: 'Delete the subject…',
                  isDanger: true,
                  onAction: () => change({ permanent: isGone }),
                },
              ]}
            />
          </>
        }
      >
        <Select
          label="Version"
          layout="inline"
          isProminent
          value={version === undefined ? null : String(version)}
          options={known.versions.toReversed().map((one) => ({
            id: String(one.version),
            label: String(one.version),
            note: one.version === known.latest?.version ? 'latest' : one.deleted ? 'deleted' : undefined,
          }))}
          onChange={(next) => setChosen(Number(next))}
        />
        <Segmented
          label="What to show"
          value={part}
          onChange={setPart}
          options={[
            { id: 'schema', label: 'Schema' },
            { id: 'compare', label: 'Compare', isDisabled: known.versions.length < 2 },
          ]}
        />
      </Bar>
      {lead}
      {about.status === 'failed' && <ErrorBanner error={about.error} onRetry={() => store.refresh()} />}
      <Summary>
        <strong>
          <SafeText text={sentenceOf(known, version, shown.value)} limit={400} />
        </strong>{' '}
        <span>
          {shown.value !== undefined && `Its id is ${shown.value.id}. `}
          {known.compatibility.level === null
            ? 'This registry does not tell its compatibility.'
            : `Compatibility: ${compatibilityWords(known.compatibility)}.`}
          {known.mode !== null && known.mode !== 'READWRITE' && ` The registry’s mode for it is ${known.mode}.`}
        </span>
      </Summary>
      {part === 'compare' && version !== undefined ? (
        <CompareVersions store={store} about={known} version={version} before={props.compare} />
      ) : (
        <div className={s.subject}>
          <div className={s.text}>
            {shown.value === undefined ? (
              shown.status === 'failed' ? (
                <ErrorState error={shown.error} onRetry={() => version !== undefined && store.wantVersion(version)} />
              ) : (
                <StateView kind="loading" title="Reading the schema…" />
              )
            ) : (
              <SchemaCode schema={shown.value} label={`Version ${version} of ${subject}`} find={find} />
            )}
          </div>
          <SubjectAside
            connectionId={connectionId}
            about={known}
            schema={shown.value}
            references={(version === undefined ? undefined : references.get(version)) ?? idle}
            topics={topics}
            onSample={() => void store.loadTopics(true)}
          />
        </div>
      )}
    </View>
  )
}

const isDeleted = ({ versions }: SubjectAbout, version: number | undefined): boolean =>
  versions.find((one) => one.version === version)?.deleted === true

function sentenceOf(
  { subject, versions, latest }: SubjectAbout,
  version: number | undefined,
  schema: SchemaVersion | undefined,
): string {
  // oxfmt-ignore
  const of = versions.filter(({ deleted }) => !deleted).length
  const what = schema === undefined ? '' : ` of ${schema.type === 'avro' ? 'an' : 'a'} ${typeWords[schema.type]} schema`
  if (latest === null)
    return `${subject} was deleted softly; its ${counted(versions.length, 'version')}${what} can still be read by id.`
  const at =
    version === undefined
      ? ''
      : version === latest.version
        ? `; this is the latest, ${version}`
        : `; this is version ${version}`
  return `${subject} has ${counted(of, 'version')}${what}${at}.`
}
