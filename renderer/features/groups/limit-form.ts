import { writeDuration, parseDuration } from '#shared/model/duration.ts'
import type { LagLimit } from '#shared/model/lag-limit.ts'
import { parseOffset } from '../../ui/parse-offset.ts'

/** A limit as typed; empty: not watched. */
export interface LimitDraft {
  readonly records: string
  readonly time: string
  readonly dies: boolean
}

export const noLimit: LimitDraft = { records: '', time: '', dies: false }

export function draftOf({ records, ms, dies }: LagLimit): LimitDraft {
  return { records: records?.toString() ?? '', time: ms === null ? '' : writeDuration(ms), dies }
}

export interface ReadDraft {
  /** null: nothing is watched. */
  readonly limit: LagLimit | null
  readonly errors: { readonly records?: string; readonly time?: string }
}

export function readDraft(group: string, { records, time, dies }: LimitDraft): ReadDraft {
  const most = records.trim() === '' ? null : parseOffset(records, { min: 1n, noun: 'limit' })
  const ms = time.trim() === '' ? null : parseDuration(time)
  const errors = {
    ...(most?.ok === false && { records: most.message }),
    ...((ms === undefined || (ms !== null && ms < 1_000n)) && { time: 'A length of time of a second or more, such as 15 min or 2 h.' }), // oxfmt-ignore
  }
  if (most?.ok === false || ms === undefined || 'time' in errors) return { limit: null, errors }
  return {
    limit: most === null && ms === null && !dies ? null : { group, records: most?.value ?? null, ms, dies },
    errors,
  }
}
