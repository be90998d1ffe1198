import type { Input, Output, StreamSink } from '#shared/contract/define.ts'
import type { schemas, SubjectSummary } from '#shared/contract/schemas.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { Compatibility } from '#shared/model/registered-schema.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'

/** How many subjects are read at a time; each takes up to three requests one after the other. */
const AT_ONCE = 8
/** Rows are sent when there are this many, or this long after the first of them. */
const FRAME_ROWS = 100
const FRAME_MS = 100

type List = { items: { subject: string; deleted: boolean }[]; isCut: boolean }

/** The lists that pages are taken from: each is one answer, kept until the first page is requested again. */
export function createSubjectLists() {
  const kept = new WeakMap<RegistryClient, Map<boolean, List>>()
  return async (
    client: RegistryClient,
    { deleted, from, limit }: Input<(typeof schemas)['schemas.subjects']>,
    signal: AbortSignal,
  ): Promise<Output<(typeof schemas)['schemas.subjects']>> => {
    const lists = kept.get(client) ?? new Map<boolean, List>()
    kept.set(client, lists)
    let list = from === 0 ? undefined : lists.get(deleted)
    if (list === undefined) lists.set(deleted, (list = await listSubjects(client, deleted, signal)))
    const items = list.items.slice(from, from + limit)
    const next = from + items.length
    return { items, total: list.items.length, next: next < list.items.length ? next : null, isCut: list.isCut }
  }
}

async function listSubjects(client: RegistryClient, deleted: boolean, signal: AbortSignal): Promise<List> {
  const [live, all] = await Promise.all([
    client.subjects({ signal }),
    deleted ? client.subjects({ signal, deleted }) : { names: [], isCut: false },
  ])
  const living = new Set(live.names)
  const names = new Set([...live.names, ...all.names])
  const items = [...names].sort().map((subject) => ({ subject, deleted: !living.has(subject) }))
  return { items, isCut: live.isCut || all.isCut }
}

/** What is known about each subject, as it arrives. A failure is reported in the subject's row. */
export async function summarise(
  client: RegistryClient,
  { subjects, deleted }: Input<(typeof schemas)['schemas.summaries']>,
  sink: StreamSink<(typeof schemas)['schemas.summaries']>,
  signal: AbortSignal,
): Promise<{ done: number; failed: number }> {
  // The global level applies to all subjects without one of their own.
  const global = await client.api.globalCompatibility({ signal })
  const names = subjects.values()
  let done = 0
  let failed = 0
  let rows: SubjectSummary[] = []
  let since = performance.now()
  let sending: Promise<void> = Promise.resolve()

  const flush = (): Promise<void> => {
    const batch = rows
    rows = []
    since = performance.now()
    sending = sending.then(() => sink.batch(batch))
    return sending
  }
  const lane = async (): Promise<void> => {
    for (const subject of names) {
      signal.throwIfAborted()
      const row = await summary(client, subject, deleted, global, signal)
      if (rows.length === 0) since = performance.now()
      rows.push(row)
      done += 1
      if (row.error !== null) failed += 1
      sink.progress({ done, of: subjects.length })
      if (rows.length >= FRAME_ROWS || performance.now() - since > FRAME_MS) await flush()
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, subjects.length) }, lane))
  if (rows.length > 0) await flush()
  await sending
  return { done, failed }
}

async function summary(
  { api }: RegistryClient,
  subject: string,
  deleted: boolean,
  global: Compatibility | null,
  signal: AbortSignal,
): Promise<SubjectSummary> {
  const none = { subject, type: null, versions: [], latest: null, compatibility: null, inherits: false, error: null }
  try {
    const versions = await api.versions(subject, { signal, deleted })
    const [last, { own, level }] = await Promise.all([
      latestOf(api, subject, versions, deleted, signal),
      api.compatibilityOf(subject, { signal }, global),
    ])
    return {
      ...none,
      versions,
      type: last?.type ?? null,
      latest: last === null ? null : { version: last.version, id: last.id },
      compatibility: level,
      inherits: own === null,
    }
  } catch (error) {
    if (signal.aborted) throw error
    return { ...none, error: toErrorValue(error) }
  }
}

/** For a soft-deleted subject some registries tell the versions, but not their contents. */
async function latestOf(
  api: RegistryClient['api'],
  subject: string,
  versions: readonly number[],
  deleted: boolean,
  signal: AbortSignal,
) {
  // oxfmt-ignore
  const last = versions.at(-1)
  if (last === undefined) return null
  try {
    return await api.version(subject, last, { signal, deleted })
  } catch (error) {
    if (!deleted || signal.aborted) throw error
    return null
  }
}
