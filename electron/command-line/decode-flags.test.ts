import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDecodeFile } from '#shared/model/decode-file.ts'
import { decodeTexts } from './decode-flags.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'seekline-flags-'))))
afterAll(async () => rm(folder, { recursive: true, force: true }))

const rulesOf = async (choices: string[], files: string[] = [], topic?: string) =>
  (await decodeTexts(files, choices, topic)).flatMap(readDecodeFile)

describe('what a command line chooses to decode by', () => {
  it.each([
    ['value=msgpack', { topic: '*', part: 'value', chain: [{ as: 'msgpack' }] }],
    ['key=hex', { topic: '*', part: 'key', chain: [{ as: 'hex' }] }],
    ['header.trace.id=json', { topic: '*', part: 'header', header: 'trace.id', chain: [{ as: 'json' }] }],
    ['header=cbor', { topic: '*', part: 'header', chain: [{ as: 'cbor' }] }],
    [
      'value={"as":"base64","around":{"as":"json"}}',
      { part: 'value', chain: [{ as: 'base64', around: { as: 'json' } }] },
    ],
  ])('%s', async (flag, rule) => {
    expect(await rulesOf([flag])).toMatchObject([rule])
  })

  it('is of the topic that is read, so that it goes before what a file says of it; and takes a schema from a file', async () => {
    const schema = join(folder, 'order.avsc')
    await writeFile(schema, '"long"')
    expect(await rulesOf([`value=avro:${schema}`], [], 'orders')).toEqual([
      { topic: 'orders', part: 'value', chain: [{ as: 'avro', schema: '"long"', framing: 'plain' }] },
    ])
  })

  it.each([
    'value',
    '=json',
    'body=json',
    'value=klingon',
    'value={',
    'key.name=json',
    'value=avro:/nowhere/at/all',
    '',
  ])('%j is refused', async (flag) => {
    await expect(decodeTexts([], [flag])).rejects.toMatchObject({ code: 'call.invalid' })
  })
})
