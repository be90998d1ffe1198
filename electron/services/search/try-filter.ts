import type { Input, Output } from '#shared/contract/define.ts'
import type { search, SampledField, Tried } from '#shared/contract/search.ts'
import { cannotReasons, type Verdict } from '#shared/filters/predicate.ts'
import { shownText, type Decoding } from '#shared/model/decoded.ts'
import { rowFlags } from '#shared/model/rows.ts'
import { requireFilter } from '../messages/require-filter.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { newestRows, tryOn } from './newest-rows.ts'

type Search = typeof search

/** The verdicts of a filter on the newest records. */
export async function tryFilter(
  access: MessagesAccess,
  { topic, partitions, filter, count }: Input<Search['search.try']>,
  signal: AbortSignal,
): Promise<Output<Search['search.try']>> {
  requireFilter(filter)
  const sample = await newestRows(access, { topic, partitions, count }, signal)
  const verdicts = new Map<string, Verdict>()
  for (const { partition, columns } of await tryOn(access, topic, sample, filter, signal)) {
    for (const [i, verdict] of columns.trial!.verdicts.entries()) {
      // the worker fills this for a trial, and this is one
      verdicts.set(`${partition} ${columns.offset[i]!}`, verdict) // the columns have an entry per verdict
    }
  }
  const records: Tried[] = []
  for (const { partition, offset, timestamp, flags, ...row } of sample.rows) {
    const verdict = verdicts.get(`${partition} ${offset}`)
    // Retention may have deleted it between the two reads.
    if (verdict === undefined) continue
    records.push({
      partition,
      offset,
      timestamp,
      ...told(verdict),
      key: shown(row.key, row.keyAs, (flags & rowFlags.keyCut) !== 0),
      value: shown(row.value, row.valueAs, (flags & rowFlags.valueCut) !== 0),
    })
  }
  const counted = (of: Tried['verdict']): number => records.filter(({ verdict }) => verdict === of).length
  return {
    kept: counted('kept'),
    dropped: counted('dropped'),
    notJudged: cannotReasons
      .map((reason) => ({ reason, count: counted(reason) }))
      .filter(({ count: some }) => some > 0),
    records,
  }
}

/** The fields of the newest records. */
export async function sampleFields(
  access: MessagesAccess,
  { topic, partitions, count }: Input<Search['search.fields']>,
  signal: AbortSignal,
): Promise<Output<Search['search.fields']>> {
  const sample = await newestRows(access, { topic, partitions, count }, signal)
  const merged = new Map<string, SampledField>()
  for (const { columns } of await tryOn(access, topic, sample, 'fields', signal)) {
    for (const field of columns.trial!.fields) {
      // the worker fills this for a trial, and this is one
      const known = merged.get(field.expression)
      if (known === undefined) merged.set(field.expression, { ...field })
      else {
        known.count += field.count
        known.types = [...new Set([...known.types, ...field.types])]
        known.example ??= field.example
      }
    }
  }
  const order = { key: 0, value: 1, headers: 2 }
  const fields = [...merged.values()].toSorted((a, b) => order[a.part] - order[b.part])
  return { records: sample.rows.length, fields }
}

/** A predicate over whole records leaves none unknown. */
function told(verdict: Verdict): Pick<Tried, 'verdict' | 'why'> {
  if (typeof verdict === 'object') return { verdict: verdict.cannot, why: verdict.why }
  return { verdict: verdict === 'match' ? 'kept' : 'dropped', why: null }
}

function shown(bytes: Uint8Array | null, as: Decoding | null, isCut: boolean): string | null {
  return bytes === null || as === null ? null : shownText(as.form, bytes, isCut)
}
