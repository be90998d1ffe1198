import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8Text } from '#shared/bytes.ts'
import { contract } from '#shared/contract/index.ts'
import { attemptLines } from '#shared/model/decoded.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { jsonOf } from '#shared/model/decoded-value.ts'
import { runShell } from '../../electron/command-line/run-shell.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { badRecords, badRegistry, goodRecord, SLOW, writeBadRecords } from '../support/bad-records.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// Every kind of bad value and of bad registry in one topic, between good ones: each has its sentence, in a list, in a record and
// from a shell, and none keeps the others from being shown.

let app: TestApp
let id: ConnectionId
let registry: Awaited<ReturnType<typeof badRegistry>>
const topic = uniqueName('bad-records')
const LAST = badRecords.length * 2 + 1

beforeAll(async () => {
  const { bootstrap } = await sharedKafka()
  ;[app, registry] = await Promise.all([startApp(), badRegistry(), writeBadRecords(bootstrap, topic)])
  id = await app.connect(bootstrap, { profile: { registry: newRegistry({ urls: [registry.url] }) } })
})
afterAll(async () => {
  await app?.close()
  await registry?.stop()
})

interface Shown {
  value: string | null
  encoding: string
  lines: string
}

/** What each is, beside what it was to be: of the whole value its beginning, where that is told. */
function compared(of: (offset: number) => Shown): { is: unknown; wanted: unknown }[] {
  const good = { value: goodRecord.json, encoding: goodRecord.encoding, lines: '' }
  const goods = Array.from({ length: badRecords.length + 1 }, (_, at) => ({ is: of(2 * at), wanted: good }))
  const bads = badRecords.map(({ what, encoding, says, starts }, at) => {
    const { value, lines, ...shown } = of(2 * at + 1)
    const said = says !== null && lines.includes(says) ? says : lines
    const begins = starts === undefined ? undefined : value?.slice(0, starts.length)
    return { is: { what, ...shown, said, begins }, wanted: { what, encoding, said: says ?? '', begins: starts } }
  })
  return [...goods, ...bads]
}

describe('bad records and bad registries', () => {
  it('have each its sentence in a list, which waits for none of them', async () => {
    const rows: Shown[] = []
    const onBatch = (frame: RowColumns): void => {
      for (let i = 0; i < frame.count; i += 1) {
        const { value, valueAs } = rowAt(frame, i)
        rows.push({ value: utf8Text(value!), encoding: valueAs!.encoding, lines: attemptLines(valueAs!).join('\n') })
      }
    }
    const browse = async (patient: boolean) => {
      rows.length = 0
      await app.openStream(
        'messages.browse',
        { connectionId: id, topic, start: { at: 'log-start' }, patient },
        { onBatch },
      )
    }
    // The last one's schema does not come before it is let.
    await browse(false)
    expect(rows).toHaveLength(LAST + 1)
    expect(rows[LAST]!.lines).toContain(`waiting for schema ${SLOW}`)
    registry.let()
    await browse(true)
    for (const { is, wanted } of compared((offset) => rows[offset]!)) expect(is).toEqual(wanted)
    expect(rows[LAST]).toMatchObject({ value: goodRecord.json, encoding: goodRecord.encoding })
    // However often they were looked at: once for each.
    expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, SLOW].map(registry.asked)).toEqual(Array.from({ length: 11 }, () => 1))
  })

  it('have it in the record that is opened', async () => {
    const all = await Promise.all(
      Array.from({ length: LAST + 1 }, (_, offset) => app.call('messages.record', { connectionId: id, topic, partition: 0, offset: BigInt(offset), patient: true })), // oxfmt-ignore
    )
    const shown = compared((offset) => {
      const record = all[offset]!
      if (record.kind !== 'record') throw new Error(record.kind)
      const { encoding, value, written } = record.valueAs!
      const json = value === null ? utf8Text(written ?? record.value!) : jsonOf(value)
      return { value: json, encoding, lines: attemptLines(record.valueAs!).join('\n') }
    })
    for (const { is, wanted } of shown) expect(is).toEqual(wanted)
  })

  it('have it from a shell, each on its line', async () => {
    const lines: string[] = []
    const input = JSON.stringify({ topic, start: { at: 'log-start' } })
    const code = await runShell({
      argv: ['messages.browse', input, '--profile', 'bad', '--decode'],
      contract,
      app: async () => ({ router: app.app.router, openFor: async () => id }),
      print: async (line) => void lines.push(line),
      printError: async (line) => expect.unreachable(line),
      stdin: Readable.from([]),
      signal: new AbortController().signal,
    })
    expect(code).toBe(0)
    const records = lines.map((line) => JSON.parse(line) as { type: string; value: unknown; valueAs: { encoding: string; attempts: string[] } }).filter(({ type }) => type === 'record') // oxfmt-ignore
    expect(records).toHaveLength(LAST + 1)
    for (const [at, { what, encoding, says }] of badRecords.entries()) {
      expect(records[2 * at]!.value, `the one beside ${what}`).toEqual({ id: '42', note: 'hi' })
      const { valueAs } = records[2 * at + 1]!
      expect({ what, encoding: valueAs.encoding }).toEqual({ what, encoding })
      expect(valueAs.attempts.join('\n')).toContain(says ?? '')
    }
    // As they are written: JSON.parse would take the last of two names, and round.
    const printed = (what: string): string => lines[badRecords.findIndex((one) => one.what === what) * 2 + 1]!
    expect(printed('JSON with a name twice')).toContain('"value":{"a":"1","a":"2"}')
    expect(printed('JSON with 1e400')).toContain('"value":{"a":"1e400"}')
    expect(printed('JSON with half a character')).toContain(String.raw`"value":{"a":"\ud800"}`)
  })
})
