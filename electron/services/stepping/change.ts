import type { StepPlan, StepResult } from '#shared/contract/stepping.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Change } from '../../changes/change.ts'
import type { GroupFacts } from '../groups/group-port.ts'
import { unstoppable } from '../offsets/apply.ts'
import { refusalOf } from './plan.ts'
import { rowsAfter } from './session-words.ts'
import type { Ended, StepSession, SteppingAccess } from './session.ts'

interface Seen {
  facts: GroupFacts
  ids: Map<string, string | null>
}

/**
 * A membership is one change, from joining to leaving: it makes dozens of commits that mean little one by one, while an undo
 * should restore the positions from before. So the journal has one entry, written before the join, whose result has the
 * positions before the first commit and after the last.
 */
export function steppingChange(
  plan: StepPlan,
  session: StepSession,
  access: SteppingAccess,
  signal: AbortSignal,
): Change<'stepping', Seen, Ended> {
  const { group, topics } = plan.spec
  const { groups } = access
  const resultOf = async (how: Ended, { facts }: Seen, journalId: string): Promise<StepResult> => {
    const wanted = [...session.committed.values()]
    const found = wanted.length === 0 ? null : await groups.positions(group, wanted, unstoppable).catch(() => null)
    const rows = rowsAfter(session.committed, found)
    const { taken, commits } = session
    return {
      journalId,
      rows,
      taken,
      commits,
      ...how,
      groupCreated: !facts.exists && rows.length > 0,
      summary: sentence(group, how, { taken, partitions: rows.length }),
    }
  }
  return {
    kind: 'stepping',
    identity: [{ what: 'cluster', planned: plan.clusterId, now: groups.clusterId }],

    look: async (until) => {
      const [facts, ids] = await Promise.all([groups.facts(group, until), groups.topicIds(topics, until)])
      return { facts, ids }
    },

    differs: ({ facts, ids }) => {
      const refusal = plan.refusal ?? refusalOf(plan.spec, facts, access.cluster)
      if (refusal !== null) throw fromErrorValue(refusal)
      for (const topic of topics) {
        const planned = plan.rows.find((row) => row.topic === topic)?.topicId ?? null
        if (ids.has(topic) && (ids.get(topic) ?? null) === planned) continue
        throw new SeeklineError('kafka.topic-recreated', `${topic} is not the topic that the plan saw.`, {
          hint: 'It was deleted, or deleted and created again. Plan again.',
        })
      }
      // The plan showed which members the join disturbs; that must not have changed.
      const planned = new Set(plan.members.map(({ memberId }) => memberId))
      const now = facts.members ?? []
      if (now.length === planned.size && now.every(({ memberId }) => planned.has(memberId))) return null
      return {
        journalId: null,
        rows: [],
        taken: 0,
        commits: 0,
        ended: 'conflict',
        error: null,
        groupCreated: false,
        summary: `${group} has ${now.length === 1 ? '1 member' : `${now.length} members`} now, not those that the plan showed. Not joined: plan again.`,
      }
    },

    intent: ({ facts }) => ({ kind: 'stepping', clusterId: plan.clusterId, group, groupExisted: facts.exists, plan }),

    act: () => session.run(signal),

    readBack: (how, seen, id) => resultOf(how, seen, id),

    failed: (error, { facts }, journalId) => ({
      journalId,
      rows: rowsAfter(session.committed, null),
      taken: session.taken,
      commits: session.commits,
      ended: 'out',
      error: toErrorValue(error),
      groupCreated: !facts.exists,
      summary: `Stepping ${group} broke off: ${toErrorValue(error).message}`,
    }),
  }
}

function sentence(
  group: string,
  { ended, error }: Ended,
  { taken, partitions }: { taken: number; partitions: number },
): string {
  const what = {
    left: `Left ${group}`,
    gone: `Left ${group} when its tab or window was closed`,
    idle: `Left ${group} after nothing was done for long`,
    out: `Could not stay in ${group}`,
  }[ended]
  const records = taken === 1 ? '1 record' : `${taken} records`
  const moved = partitions === 0 ? 'committed nothing' : `committed on ${partitions === 1 ? '1 partition' : `${partitions} partitions`}` // oxfmt-ignore
  return `${what}: took ${records}, ${moved}.${error === null ? '' : ` ${error.message}`}`
}
