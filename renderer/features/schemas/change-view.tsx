import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import { Compatibility } from '#shared/model/registered-schema.ts'
import { useApi, useNavigation, useServices } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { useOffer } from '../../workbench/use-offer.ts'
import { refreshing } from '../../workbench/view-commands.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { AccessStrip } from '../../shared-views/plan-frame/apply-button.tsx'
import { PlanFrame } from '../../shared-views/plan-frame/plan-frame.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { Bar, View } from '../../ui/layout.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { LevelsTable } from './levels-table.tsx'
import { PlanActions, ResultBadge } from './plan-actions.tsx'
import { createPlanStore, type RegistryPlanStore } from './plan-store.ts'
import { PlanRows } from './plan-rows.tsx'
import { RegistryFailure } from './registry-failure.tsx'
import { levelWords } from './schema-words.ts'

type Intent = TabViewProps<'schemaChange'>['intent']

/** The settings from which a plan is made here. */
interface ChangeForm {
  readonly what: Intent['what']
  readonly permanent: boolean
  /** `own`: the subject's own level is removed; omitted: nothing is chosen yet, and the current level is shown. */
  readonly level: Compatibility | 'none' | undefined
}

/** Deletes a subject or a version, sets a compatibility level, or undoes a journalled change: planned, shown, applied. */
export function SchemaChangeView({ intent, isActive }: TabViewProps<'schemaChange'>) {
  const { connectionId, what, subject, version, entry, permanent } = intent
  // A different object to change makes it a different plan; a different way of changing it does not.
  return <Change key={[connectionId, what, subject, version, entry, String(permanent)].join('\n')} intent={intent} isActive={isActive} /> // oxfmt-ignore
}

function Change({ intent, isActive }: { intent: Intent; isActive: boolean }) {
  const { connectionId, what, subject } = intent
  const api = useApi()
  const navigation = useNavigation()
  const { subjects } = useServices()
  const [store] = useState(() => createChangeStore(api, intent))
  const state = useStore(store)
  const { plan, result, isApplying, applyError } = state
  useEffect(() => {
    void store.planAgain()
    return () => store.stop()
  }, [store])
  useEffect(() => {
    if (result !== undefined) subjects.changed(connectionId)
  }, [subjects, connectionId, result])
  const again = () => void store.planAgain()
  useOffer(refreshing, again, isActive)
  const planned = plan.value
  if (planned === undefined) {
    return plan.status === 'failed' ? (
      <RegistryFailure connectionId={connectionId} isActive={isActive} error={plan.error} onRetry={again} />
    ) : (
      <StateView kind="loading" title={what === 'delete' ? `Checking who uses ${subject ?? 'it'}…` : 'Asking the registry…'} /> // oxfmt-ignore
    )
  }
  const isPristine = state.form.what === 'compatibility' && state.form.level === undefined
  const name = planned.subject ?? 'the registry'
  const changed = planned.subject
  const open = changed === null ? undefined : () => navigation.open({ kind: 'subject', connectionId, subject: changed })
  return (
    <View>
      <Bar
        label="Change of the registry"
        actions={
          <PlanActions
            connectionId={connectionId}
            state={isPristine ? { ...state, planned: undefined } : state}
            onPlan={again}
            onApply={(confirm) => void store.apply(confirm)}
            onOpen={open}
          />
        }
      >
        <ChangeFields store={store} form={state.form} plan={planned} isDisabled={isApplying} />
      </Bar>
      <AccessStrip connectionId={connectionId} />
      {plan.status === 'failed' && <ErrorBanner error={plan.error} onRetry={again} />}
      {applyError !== undefined && <ErrorBanner error={applyError} onRetry={again} />}
      {result?.error != null && <ErrorBanner error={result.error} onRetry={again} />}
      <PlanFrame
        sentence={result?.summary ?? (isPristine ? standing(planned) : planned.summary)}
        subject={result === undefined ? name : result.summary}
        afterword={result === undefined ? (isPristine ? 'Choose another level to plan its change.' : 'Nothing is written until you apply.') : undefined} // oxfmt-ignore
        isResult={result !== undefined}
        isOld={plan.status === 'loading' && !isApplying}
        badges={<ResultBadge state={state} />}
        refusal={result === undefined && !isPristine ? planned.refusal : null}
        warnings={result === undefined && !isPristine ? planned.warnings.map((text) => ({ text })) : []}
      >
        {planned.action === 'compatibility' && what === 'compatibility' ? (
          <LevelsTable
            plan={planned}
            isPristine={isPristine}
            isDone={result?.status === 'done'}
            onChoose={(level) => {
              store.change({ ...state.form, level })
              again()
            }}
          />
        ) : (
          <PlanRows plan={planned} isDone={result?.status === 'done'} connectionId={connectionId} />
        )}
      </PlanFrame>
    </View>
  )
}

function createChangeStore(api: Pick<StoreApiPort, 'call'>, intent: Intent): RegistryPlanStore<ChangeForm> {
  const { connectionId, what, subject, version, entry } = intent
  const first: ChangeForm = { what, permanent: intent.permanent ?? false, level: undefined }
  return createPlanStore<ChangeForm>(api, connectionId, first, async ({ permanent, level }, signal) => {
    switch (what) {
      case 'delete':
        return api.call('schemas.planDelete', { connectionId, subject: subject ?? '', version: version ?? null, permanent }, { signal }) // oxfmt-ignore
      case 'undo':
        return api.call('schemas.planUndo', { connectionId, journalId: entry ?? '' }, { signal })
      case 'compatibility': {
        const now = level ?? (await api.call('schemas.compatibility', { connectionId, subject: subject ?? null }, { signal })).level ?? 'BACKWARD' // oxfmt-ignore
        return api.call('schemas.planCompatibility', { connectionId, subject: subject ?? null, level: now === 'none' ? null : now }, { signal }) // oxfmt-ignore
      }
    }
  })
}

function standing(plan: SchemaPlan): string {
  if (plan.action !== 'compatibility') return plan.summary
  const { own, level } = plan.before
  const whose = plan.subject ?? 'The registry'
  if (level === null) return `This registry does not say which level applies to ${plan.subject ?? 'it'}.`
  if (plan.subject !== null && own === null) return `${whose} has no level of its own: the registry’s ${level} holds.`
  return `${whose} is checked as ${level}: ${levelWords[level]}.`
}

interface ChangeFieldsProps {
  store: RegistryPlanStore<ChangeForm>
  form: ChangeForm
  plan: SchemaPlan
  isDisabled: boolean
}

function ChangeFields({ store, form, plan, isDisabled }: ChangeFieldsProps) {
  const change = (part: Partial<ChangeForm>) => {
    store.change({ ...form, ...part })
    void store.planAgain()
  }
  if (form.what === 'undo') return null
  if (form.what === 'delete') {
    return (
      <Segmented
        label="How to delete"
        value={form.permanent ? 'good' : 'soft'}
        isDisabled={isDisabled}
        onChange={(how) => change({ permanent: how === 'good' })}
        options={[
          { id: 'soft', label: 'Softly: found by its id' },
          { id: 'good', label: 'For good' },
        ]}
      />
    )
  }
  const levels = Compatibility.options.map((id) => ({ id, label: id, note: levelWords[id] }))
  const ownLevel = plan.action === 'compatibility' ? (plan.before.own ?? (plan.subject === null ? plan.before.level : 'none')) : null // oxfmt-ignore
  return (
    <Select<Compatibility | 'none'>
      label="Compatibility"
      layout="inline"
      isProminent
      isDisabled={isDisabled}
      value={form.level ?? ownLevel}
      options={plan.subject === null ? levels : [{ id: 'none', label: 'as the registry has it' }, ...levels]}
      onChange={(level) => change({ level })}
    />
  )
}
