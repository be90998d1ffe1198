import type { NextForGroup } from '#shared/contract/offsets.ts'
import { isReadable, shownText } from '#shared/model/decoded.ts'
import { holeReasons } from '#shared/model/hole.ts'
import { formatBytes, formatGrouped, formatTimestamp, formatTimestampShort } from '../../ui/format.ts'

export interface NextWords {
  /** For the cell: the key, or why there is none. */
  short: string
  /** Its time, for the cell; empty if there is no record. */
  time: string
  /** A sentence with everything. */
  full: string
  tone: 'record' | 'quiet' | 'warn'
}

/** A record described for a row, by its key and time. */
export function nextWords(next: NextForGroup, zone: string): NextWords {
  switch (next.kind) {
    case 'record': {
      const key = keyText(next)
      const at = next.timestamp === -1n ? 'no timestamp' : formatTimestamp(next.timestamp, zone)
      const facts = [`offset ${formatGrouped(next.offset)}`, key.full, at, `value ${sizeText(next.valueSize)}`]
      if (next.open) facts.push('in a transaction that is still open')
      if (next.hole !== null) facts.push(`after ${holeReasons(next.hole)}`)
      const time = next.timestamp === -1n ? '' : formatTimestampShort(next.timestamp, zone).replace(/\.\d+$/, '')
      return { short: key.short, time, full: facts.join(', '), tone: next.open ? 'warn' : 'record' }
    }
    case 'none':
      return { short: noneWords[next.why], time: '', full: next.message, tone: 'quiet' }
    case 'failed': {
      const isDenied = next.error.code === 'kafka.unauthorised'
      const full = next.error.hint === undefined ? next.error.message : `${next.error.message} ${next.error.hint}`
      return { short: isDenied ? 'no right to read' : 'not known', time: '', full, tone: 'warn' }
    }
  }
}

const noneWords: Record<Extract<NextForGroup, { kind: 'none' }>['why'], string> = {
  'at-end': 'the next to arrive',
  'past-end': 'past the end',
  'before-log-start': 'deleted',
  'nothing-visible': 'the next to arrive',
  'not-found': 'not found nearby',
}

function keyText({ key, keyAs, isKeyCut }: Extract<NextForGroup, { kind: 'record' }>): { short: string; full: string } {
  if (key === null || keyAs === null) return { short: 'no key', full: 'no key' }
  if (key.length === 0) return { short: 'empty key', full: 'an empty key' }
  const text = shownText(keyAs.form, key, isKeyCut, 32) + (isKeyCut && isReadable(keyAs.form) ? '…' : '')
  return { short: text, full: `key ${text}` }
}

function sizeText(size: number): string {
  return size < 0 ? 'null' : formatBytes(size)
}
