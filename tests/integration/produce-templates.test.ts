import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ProduceTemplate } from '#shared/model/produce.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka } from '../support/shared-kafka.ts'

let app: TestApp
let bootstrap: string
let id: ConnectionId

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  // Templates are the person's own: they are kept also where nothing may be written.
  id = await app.connect(bootstrap, { profile: { accessMode: 'read-only' } })
})

afterAll(() => app?.close())

const template = (topic: string, name: string, text: string): ProduceTemplate =>
  ProduceTemplate.parse({ topic, name, record: { timestamp: 1n << 60n, value: { as: 'text', text } }, count: 3 })

it('templates are kept with a profile by topic and name, go to another as a file, and end with their profile', async () => {
  const save = (one: ProduceTemplate) => app.call('produce.templates.save', { connectionId: id, template: one })
  await save(template('orders', 'b', 'first'))
  await save(template('other', 'b', 'other'))
  expect((await save(template('orders', 'b', 'second'))).items).toEqual([template('orders', 'b', 'second')])
  const all = await app.call('produce.templates.list', { connectionId: id })
  expect(all.items).toEqual([template('orders', 'b', 'second'), template('other', 'b', 'other')])

  const { name, text } = await app.call('produce.templates.export', { connectionId: id })
  expect(name).toMatch(/\.templates\.json$/)
  const other = await app.connect(bootstrap)
  expect(await app.call('produce.templates.import', { connectionId: other, text })).toMatchObject({ added: 2, replaced: 0 }) // oxfmt-ignore
  expect(await app.call('produce.templates.import', { connectionId: other, text })).toMatchObject({ added: 0, replaced: 2 }) // oxfmt-ignore
  const left = await app.call('produce.templates.delete', { connectionId: other, topic: 'orders', name: 'b' })
  expect(left.items).toEqual([])

  const file = path.join(app.dataDir, 'produce', `${other}.json`)
  expect(JSON.parse(await fs.readFile(file, 'utf8'))).toMatchObject({ kind: 'seekline.templates', version: 1 })
  await app.call('connections.close', { connectionId: other })
  await app.call('profiles.delete', { id: other as never })
  await expect(fs.stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
})

it('a file that is none is refused and changes nothing, as are templates that are too large together', async () => {
  const before = await app.call('produce.templates.list', { connectionId: id })
  const refused = { code: 'call.invalid', message: expect.stringContaining('cannot be read') as string }
  await expect(app.call('produce.templates.import', { connectionId: id, text: '{}' })).rejects.toMatchObject(refused)
  const large = template('orders', 'large', 'x'.repeat(4 << 20))
  await expect(app.call('produce.templates.save', { connectionId: id, template: large })).rejects.toMatchObject({ code: 'call.invalid', message: expect.stringContaining('too large together') as string }) // oxfmt-ignore
  expect(await app.call('produce.templates.list', { connectionId: id })).toEqual(before)
})
