import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { CheckProblem } from '#shared/contract/schema-plans.ts'
import { SchemaType } from '#shared/model/schema.ts'
import type { SchemaReference } from '#shared/model/registered-schema.ts'
import { useApi, useNavigation, useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import { AccessStrip } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import type { CodeHandle, CodePlace } from '../../ui/code-editor.tsx'
import { CodeField } from '../../ui/code-field.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { CloseIcon, PlusIcon } from '../../ui/icons.ts'
import { Bar, View } from '../../ui/layout.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { createDraftStore, firstTexts, type DraftForm, type ReferenceRow } from './draft-store.ts'
import { PlanActions, ResultBadge } from './plan-actions.tsx'
import { RegistryFailure } from './registry-failure.tsx'
import { languageOf, typeWords } from './schema-words.ts'
import s from './schemas.module.css'

const noProblems: readonly CheckProblem[] = []

/** A schema draft: the registry checks it against its versions, and it is registered when the user confirms. */
// oxlint-disable-next-line max-lines-per-function -- fields, editor, check and plan of one draft: each has a file of its own, and this says when each is shown
export function DraftView({ intent, isActive }: TabViewProps<'schemaDraft'>) {
  const { connectionId, subject, from } = intent
  const api = useApi()
  const navigation = useNavigation()
  const { subjects } = useServices()
  const [store] = useState(() => createDraftStore(api, connectionId, subject))
  const state = useStore(store)
  const start = useStore(store.start)
  const { form, plan, planned, result, isApplying, applyError } = state
  const editor = useRef<CodeHandle>(null)
  useEffect(() => void store.begin(from), [store, from])
  useEffect(() => () => store.stop(), [store])
  useEffect(() => {
    if (result !== undefined) subjects.changed(connectionId)
  }, [subjects, connectionId, result])
  const change = (part: Partial<DraftForm>) => store.change({ ...form, ...part })
  const check = () => {
    if (form.subject.trim() !== '') void store.planAgain()
  }
  useOffer(refreshing, check, isActive)
  if (start.status === 'failed') {
    return (
      <RegistryFailure
        connectionId={connectionId}
        isActive={isActive}
        error={start.error}
        onRetry={() => void store.begin(from)}
      />
    )
  }
  if (start.status !== 'ready') return <StateView kind="loading" title={`Reading what ${subject ?? 'it'} holds…`} />
  const made = plan.value?.action === 'register' ? plan.value : undefined
  const problems = made?.check?.problems ?? noProblems
  const isOld = made !== undefined && planned !== form
  return (
    <View>
      <Bar
        label="Draft"
        actions={
          <PlanActions
            connectionId={connectionId}
            state={state}
            planLabel={result === undefined ? 'Check' : 'Check again'}
            onPlan={check}
            onApply={(confirm) => void store.apply(confirm)}
            onOpen={() => navigation.open({ kind: 'subject', connectionId, subject: form.subject.trim() })}
          />
        }
      >
        <TextField
          label="Subject"
          layout="inline"
          mono
          isRequired
          isReadOnly={subject !== undefined}
          value={form.subject}
          onChange={(next) => change({ subject: next })}
          placeholder="orders-value"
          className={s.subjectField}
        />
        <Select
          label="Type"
          layout="inline"
          isDisabled={isApplying}
          value={form.type}
          options={SchemaType.options.map((id) => ({ id, label: typeWords[id] }))}
          onChange={(type) => change({ type, ...(isUntouched(form) ? { text: firstTexts[type] } : {}) })}
        />
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={check} />}
      {applyError !== undefined && <ErrorBanner error={applyError} onRetry={check} />}
      {result?.error != null && <ErrorBanner error={result.error} onRetry={check} />}
      <PlanFrame
        sentence={result?.summary ?? made?.summary ?? firstSentence(form)}
        subject={result?.summary ?? form.subject}
        afterword={
          result !== undefined
            ? undefined
            : made === undefined
              ? 'Nothing is registered before you have seen that and said so.'
              : isOld
                ? 'The draft was changed since it was checked.'
                : 'Nothing is written until you register it.'
        }
        isResult={result !== undefined}
        isOld={isOld || (plan.status === 'loading' && !isApplying)}
        badges={<ResultBadge state={state} />}
        refusal={result === undefined && !isOld ? made?.refusal : null}
        warnings={result === undefined ? (made?.warnings ?? []).map((text) => ({ text })) : []}
      />
      <div className={s.draft}>
        <div className={s.text}>
          <CodeField
            label="Schema"
            text={form.text}
            language={languageOf[form.type]}
            find={editor}
            onChange={(text) => change({ text })}
            problems={problems}
          />
        </div>
        <div className={s.aside}>
          <Reasons problems={problems} isChecked={made !== undefined} onGo={(place) => editor.current?.goTo(place)} />{' '}
          {/* oxfmt-ignore */}
          <ReferenceFields rows={form.references} onChange={(references) => change({ references })} />
        </div>
      </div>
    </View>
  )
}

const isUntouched = ({ text, type }: DraftForm): boolean => text.trim() === '' || text === firstTexts[type]

function firstSentence({ subject }: DraftForm): string {
  return subject.trim() === ''
    ? 'Name the subject, and write its schema.'
    : `The registry will say whether it takes this as ${subject}.`
}

interface ReasonsProps {
  problems: readonly CheckProblem[]
  isChecked: boolean
  onGo: (place: CodePlace) => void
}

/** The registry's own messages, each with a link to the line. */
function Reasons({ problems, isChecked, onGo }: ReasonsProps) {
  return (
    <section className={s.part} aria-label="What the registry says">
      <h3>What the registry says</h3>
      {problems.length === 0 ? (
        <p className={s.quiet}>{isChecked ? 'Nothing against it.' : 'Not asked yet.'}</p>
      ) : (
        <ol className={s.problems}>
          {problems.map(({ message, path, line, column }, at) => (
            <li key={at}>
              {line === null ? (
                <Badge>no line</Badge>
              ) : (
                <Button size="small" variant="link" onPress={() => onGo({ line, column })}>
                  line {line}
                </Button>
              )}
              <span>
                <SafeText text={message} limit={1000} />
                {path !== null && !message.includes(path) && <code> {path}</code>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function ReferenceFields({
  rows,
  onChange,
}: {
  rows: readonly ReferenceRow[]
  onChange: (rows: readonly ReferenceRow[]) => void
}) {
  // oxfmt-ignore
  const set = (at: number, part: Partial<ReferenceRow>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)))
  const fields: readonly [keyof SchemaReference, string, string][] = [
    ['name', 'Name in the schema', 'com.acme.Customer'],
    ['subject', 'Subject', 'customer-value'],
    ['version', 'Version', '1'],
  ]
  return (
    <section className={s.part} aria-label="References">
      <h3>References</h3>
      {rows.length === 0 && <p className={s.quiet}>None: the schema refers to no other.</p>}
      {rows.map((row, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- rows have no identity but their place
        <div key={at} className={s.reference}>
          <div>
            {fields.map(([name, label, placeholder]) => (
              <TextField
                key={name}
                label={`${label} ${rows.length > 1 ? at + 1 : ''}`.trim()}
                mono
                value={row[name]}
                placeholder={placeholder}
                onChange={(text) => set(at, { [name]: text })}
              />
            ))}
          </div>
          <IconButton
            label="Remove this reference"
            size="small"
            onPress={() => onChange(rows.filter((_, index) => index !== at))}
          >
            <CloseIcon size={13} />
          </IconButton>
        </div>
      ))}
      <Button size="small" onPress={() => onChange([...rows, { name: '', subject: '', version: '' }])}>
        <PlusIcon size={12} aria-hidden="true" />
        Add a reference
      </Button>
    </section>
  )
}
