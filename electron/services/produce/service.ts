import type { ServiceOf } from '#shared/contract/define.ts'
import type { produce } from '#shared/contract/produce.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { DecodePool } from '../../kafka/workers/pool.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import type { ProduceTemplatesStore } from '../../storage/produce-templates.ts'
import type { ProduceAccess } from './produce-access.ts'
import { applyProduce } from './apply.ts'
import { checkRecord } from './check.ts'
import { draftOf } from './record-draft.ts'
import { planProduce } from './plan.ts'
import { RecentSchemas } from './recent-schemas.ts'
import type { FoundSchemaFor } from './find-schemas.ts'
import { createTemplatesService } from './templates.ts'

export interface ProduceDependencies {
  open(connectionId: ConnectionId): Pick<ProduceAccess, 'cluster' | 'reader'>
  profileOf(connectionId: ConnectionId): Profile
  registryOf(connectionId: ConnectionId): Promise<RegistryClient>
  rulesOf(connectionId: ConnectionId): Promise<readonly DecodeRule[]>
  pool: DecodePool
  journal: ChangeJournal
  templates: ProduceTemplatesStore
}

/** Writing records. */
export function createProduceService(needs: ProduceDependencies): ServiceOf<typeof produce> {
  const { open, profileOf, registryOf, rulesOf, pool, journal, templates } = needs
  const recent = new RecentSchemas<FoundSchemaFor>()
  const accessOf = (connectionId: ConnectionId): ProduceAccess => {
    const { cluster, reader } = open(connectionId)
    const profile = profileOf(connectionId)
    return {
      connectionId,
      profile,
      cluster,
      reader,
      pool,
      registryKind: profile.registry?.kind ?? null,
      registry: () => registryOf(connectionId),
      rules: () => rulesOf(connectionId),
    }
  }
  return {
    'produce.check': ({ connectionId, ...input }, { signal }) =>
      checkRecord(accessOf(connectionId), input, recent, signal),

    'produce.draft': (input, { signal }) => draftOf(accessOf(input.connectionId), input, signal),

    'produce.plan': ({ connectionId, ...input }, { signal }) => planProduce(accessOf(connectionId), input, signal),

    'produce.apply': async ({ connectionId, source, plan }, sink, { signal }) => {
      if (plan.connectionId !== connectionId) {
        throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
      }
      const access = accessOf(connectionId)
      return applyProduce(source, plan, { access, journal, profile: access.profile, sink, signal })
    },

    ...createTemplatesService({ profileOf, store: templates }),
  }
}
