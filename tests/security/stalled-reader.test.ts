import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import type { ServerMessage } from '#shared/wire/frames.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { holdsFor, until, untilHolds } from '../support/wait-for.ts'

// A page that opens a million rows and stops reading must cost the app no more than its credit. The app runs in a process
// of its own, so that what is measured is its memory alone.

const records = 1_000_000
const most = 50 * 1024 * 1024
let app: ChildApp
let home: string
let topic: string
let connectionId: ConnectionId

beforeAll(async () => {
  const kafka = await sharedKafka()
  topic = uniqueName('million')
  await kafka.tools.createTopic(topic, 2)
  await kafka.tools.producerPerformance(topic, records, 100)
  home = await mkdtemp(path.join(os.tmpdir(), 'seekline-stalled-'))
  app = await startChildApp(home)
  const profile = newProfile('stalled', { name: 'Stalled', brokers: [kafka.bootstrap] })
  await app.call('profiles.save', { profile })
  connectionId = (await app.call('connections.open', { profileId: profile.id })).connectionId
})
afterAll(async () => {
  await app?.kill()
  if (home) await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

const input = () => ({
  connectionId,
  topic,
  from: [
    { partition: 0, offset: 0n },
    { partition: 1, offset: 0n },
  ],
})

interface Memory {
  held: number
  rss: number
}
const memory = () => app.command<Memory>('memory')

it('reads the million when it does read', async () => {
  const abort = new AbortController()
  let rows = 0
  const done = app.openStream('messages.tail', input(), {
    signal: abort.signal,
    onBatch: (columns) => {
      rows += columns.offset.length
      if (rows >= records) abort.abort()
    },
  })
  await done
  expect(rows).toBe(records)
})

it('holds little for a page on a socket that stops reading, and frees it when cancelled', async () => {
  const socket = await app.socket()
  const before = await memory()
  socket.pause()
  socket.send(encodeWire({ type: 'stream', id: 's', route: 'messages.tail', input: input() }))
  // More credit than there is, again and again: it must not add up.
  for (let n = 0; n < 50; n += 1) {
    socket.send(encodeWire({ type: 'frame', id: 's', frame: { type: 'credit', frames: 64 } }))
    const stalled = await memory()
    expect(stalled.rss - before.rss).toBeLessThan(most)
    expect(stalled.held - before.held).toBeLessThan(most)
  }
  const frames: string[] = []
  socket.on('message', (data: Buffer) => {
    const message = decodeWire(data) as ServerMessage
    if (message.type === 'frame') frames.push(message.frame.type)
  })
  socket.send(encodeWire({ type: 'frame', id: 's', frame: { type: 'cancel' } }))
  socket.resume()
  await until('the last word', () => /done|error/.test(frames.at(-1) ?? ''))
  // What was on its way still came before it.
  expect(frames.length).toBeGreaterThan(1)
  expect(frames.length).toBeLessThan(200)
  const after = await memory()
  expect(after.held - before.held).toBeLessThan(5e6)
  socket.terminate()
})

it('holds little for a page over IPC that never looks, and frees it when cancelled or gone', async () => {
  // What the test before held is gone then: counted in here, its going would hide what this one holds.
  let before = await memory()
  await until('nothing more goes', async () => {
    const last = before.held
    before = await memory()
    return Math.abs(before.held - last) < 50_000
  })
  const opened = await app.command<number>('openUnread', { connectionId, topic, partitions: 2 })
  // That there is something to hold: the stream does run.
  await until('the stream runs', async () => (await memory()).held - before.held > 100_000)
  await holdsFor(4_000, async () => {
    const stalled = await memory()
    expect(stalled.rss - before.rss).toBeLessThan(most)
    expect(stalled.held - before.held).toBeLessThan(most)
  })
  await app.command('cancelUnread', opened)
  await app.command('dropUnread', opened)
  await untilHolds('it is freed', async () => expect((await memory()).held - before.held).toBeLessThan(5e6))
})
