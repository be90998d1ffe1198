import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useNavigation } from '../../workbench/services.ts'
import { ApplyButton } from '../../shared-views/plan-frame/apply-button.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { UndoIcon } from '../../ui/icons.ts'
import { counted } from './schema-words.ts'
import { canApply, type RegistryPlanState } from './plan-store.ts'

export interface PlanActionsProps {
  connectionId: ConnectionId
  state: RegistryPlanState<unknown>
  /** Makes the plan, or makes it again. */
  onPlan: () => void
  planLabel?: string | undefined
  onApply: (confirm?: string) => void
  /** Opens what was changed. */
  onOpen?: (() => void) | undefined
}

/** The actions for a plan of the registry, and for its result. */
export function PlanActions({
  connectionId,
  state,
  onPlan,
  planLabel = 'Plan again',
  onApply,
  onOpen,
}: PlanActionsProps) {
  // oxfmt-ignore
  const navigation = useNavigation()
  const { plan, planned, form, result, isApplying } = state
  if (result !== undefined) {
    const { journalId, status } = result
    const subject = plan.value?.subject
    const canUndo =
      (status === 'done' || status === 'partly' || status === 'unknown') &&
      !(plan.value?.action === 'delete' && plan.value.permanent)
    return (
      <>
        {journalId !== null && (
          <Button onPress={() => navigation.open({ kind: 'journal', entry: journalId })}>Journal entry</Button>
        )}
        {journalId !== null && canUndo && (
          <Button
            onPress={() =>
              navigation.open({
                kind: 'schemaChange',
                connectionId,
                what: 'undo',
                entry: journalId,
                ...(subject == null ? {} : { subject }),
              })
            }
          >
            <UndoIcon size={14} aria-hidden="true" />
            Undo…
          </Button>
        )}
        <Button onPress={onPlan}>{planLabel}</Button>
        {onOpen !== undefined && (
          <Button variant="primary" onPress={onOpen}>
            Open the subject
          </Button>
        )}
      </>
    )
  }
  const made = plan.value
  const isCurrent = plan.status === 'ready' && form === planned
  const words = made === undefined ? undefined : wordsOf(made)
  return (
    <>
      <Button isPending={plan.status === 'loading' && !isApplying} onPress={onPlan}>
        {planLabel}
      </Button>
      <ApplyButton
        connectionId={connectionId}
        label={words?.label ?? 'Apply'}
        title={words?.title ?? ''}
        sentence={made?.summary ?? ''}
        undo={words?.undo ?? ''}
        isDanger={made?.action === 'delete'}
        isReady={isCurrent && canApply(made)}
        isPending={isApplying}
        onApply={onApply}
      />
    </>
  )
}

const statusTones = { done: 'ok', same: 'neutral', partly: 'warn', conflict: 'bad', failed: 'bad', unknown: 'warn' } as const // oxfmt-ignore

export function ResultBadge({ state }: { state: RegistryPlanState<unknown> }) {
  const status = state.result?.status
  return status === undefined ? null : <Badge tone={statusTones[status]}>{status}</Badge>
}

function wordsOf(plan: SchemaPlan): { label: string; title: string; undo: string } {
  switch (plan.action) {
    case 'register':
      return {
        label: 'Register',
        title: `Register it as ${plan.subject}?`,
        undo: 'What was registered can be deleted softly from the journal; its id stays taken.',
      }
    case 'delete': {
      const [first] = plan.rows
      const versions = plan.rows.length === 1 ? `version ${first?.version ?? ''}` : counted(plan.rows.length, 'version')
      const what = plan.what === 'subject' ? 'the subject' : versions
      return {
        label: `Delete ${what}${plan.permanent ? ' for good' : ''}`,
        title: `Delete ${what} of ${plan.subject}${plan.permanent ? ' for good' : ''}?`.replace('the subject of ', ''),
        undo: plan.permanent
          ? 'This cannot be undone.'
          : 'The journal keeps the schemas, so they can be registered again.',
      }
    }
    case 'compatibility':
      return {
        label: plan.after === null ? 'Remove its own level' : `Set ${plan.after}`,
        title: `Change the compatibility of ${plan.subject ?? 'the whole registry'}?`,
        undo: 'The journal keeps what was set, so this can be undone.',
      }
  }
}
