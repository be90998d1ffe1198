import type { SchemaPlan, SchemaResult } from '#shared/contract/schema-plans.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createPlannedChange, type PlannedChangeState, type PlannedChangeStore } from '../../stores/planned-change.ts'

export type RegistryPlanState<Form> = PlannedChangeState<Form, SchemaPlan, SchemaResult>
export type RegistryPlanStore<Form> = PlannedChangeStore<Form, SchemaPlan, SchemaResult>

/** The plan of a change of the registry, and its progress. */
export function createPlanStore<Form>(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  first: Form,
  ask: (form: Form, signal: AbortSignal) => Promise<SchemaPlan>,
): RegistryPlanStore<Form> {
  const send = (input: { plan: SchemaPlan; confirm?: string }) => api.call('schemas.apply', { connectionId, ...input })
  return createPlannedChange({ first, ask, canApply, send })
}

export function canApply(plan: SchemaPlan | undefined): boolean {
  if (plan === undefined || plan.refusal !== null) return false
  if (plan.action === 'compatibility') return plan.after !== plan.before.own || plan.subject === null
  return plan.action !== 'delete' || plan.rows.length > 0
}
