import { describe, expect, it } from 'vitest'
import type { FullRecord, HeaderValue } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { wholeHeaders } from './whole-record.ts'

const CUT = 65_536
const none = { encoding: 'bytes', form: 'bytes' as const, attempts: [] }
const at = { connectionId: 'c' as ConnectionId, topic: 't', partition: 0, offset: 1n }

/** Names and values as the log has them, answered with their beginnings. */
function headersOf(all: { name: Uint8Array; value: Uint8Array }[]) {
  const headers: HeaderValue[] = all.map(({ name, value }) => ({
    name: name.slice(0, CUT),
    ...(name.length > CUT ? { nameSize: name.length } : {}),
    value: value.slice(0, CUT),
    size: value.length,
    nameAs: none,
    valueAs: { ...none, written: null, isCut: false, value: null },
  }))
  const call = (route: string, input: { part: string; header: number; from: number; length: number }) => {
    expect(route).toBe('messages.payload')
    const whole = all[input.header]![input.part === 'header-name' ? 'name' : 'value']
    return Promise.resolve({ bytes: whole.slice(input.from, input.from + input.length), size: whole.length })
  }
  const record = { headers, headerCount: headers.length, headersProblem: null } as unknown as FullRecord
  return wholeHeaders({ call } as unknown as Pick<StoreApiPort, 'call'>, at, record)
}

const bytes = (length: number, seed: number) => new Uint8Array(length).map((_, i) => (i + seed) % 251)

describe('all headers of a record', () => {
  it('come whole, long names and values as well', async () => {
    const all = [
      { name: bytes(3, 1), value: bytes(0, 0) },
      { name: bytes(70_000, 2), value: bytes(10, 3) },
      { name: bytes(4, 4), value: bytes(2_500_000, 5) },
    ]
    const whole = await headersOf(all)
    const isSame = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
    expect(whole.map(({ name, value }, i) => isSame(name, all[i]!.name) && isSame(value!, all[i]!.value))).toEqual([true, true, true]) // oxfmt-ignore
    expect(whole.every((one) => one.nameSize === undefined)).toBe(true)
  })

  it('are refused above what a copy holds, before they are fetched', async () => {
    await expect(headersOf([{ name: bytes(1, 1), value: new Uint8Array(17 * 1024 * 1024) }])).rejects.toThrow(
      'a copy holds at most',
    )
  })
})
