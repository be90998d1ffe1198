// Started by tests as a process of its own: adds to a shared file or journal, or holds the lock until it is killed.
import { join } from 'node:path'
import { toErrorValue } from '#shared/errors.ts'
import { newProfile } from '#shared/model/profile.ts'
import { openJournal } from './journal/journal.ts'
import { jsonFile } from './json-file.ts'
import { withLock } from './lock.ts'
import { createProfileStore } from './profiles.ts'
import { z } from 'zod'

const [what, path = '', times = '0'] = process.argv.slice(2)

if (what === 'count') {
  const file = jsonFile({ path, kind: 'test', version: 1, schema: z.array(z.string()), backup: true })
  for (let i = 0; i < Number(times); i += 1) {
    await file.update((current) => [...(current ?? []), `${process.pid}-${i}`])
  }
} else if (what === 'journal') {
  const journal = openJournal({
    folder: path,
    name: 'test',
    intent: z.string(),
    result: z.bigint(),
    maxFileBytes: 4_000,
  })
  for (let i = 0; i < Number(times); i += 1) {
    const id = await journal.intent(`${process.pid}-${i}`)
    await journal.result(id, BigInt(i))
  }
} else if (what === 'profiles') {
  const store = createProfileStore(path)
  for (let i = 0; i < Number(times); i += 1) {
    await store.save(newProfile(`p${process.pid}-${i}`, { name: `${process.pid} ${i}` }))
    await store.save(newProfile(`same-${process.pid}-${i}`, { name: `same ${i}` })).catch(() => undefined)
  }
} else if (what === 'full') {
  // With a limit on the size of files: tries each write, and reports its outcome.
  const store = createProfileStore(join(path, 'profiles'))
  const brokers = Array.from({ length: 100 }, (_, i) => `broker-${i}.example:9092`)
  const journal = openJournal({ folder: join(path, 'journal'), name: 'test', intent: z.string(), result: z.bigint() })
  const tried = await Promise.allSettled([
    store.save(newProfile('big', { name: 'Kept', brokers })),
    journal.intent('x'.repeat(2_000)),
    journal.intent('small'),
  ])
  const told = tried.map((one) => (one.status === 'fulfilled' ? 'ok' : toErrorValue(one.reason)))
  process.stdout.write(JSON.stringify(told))
} else if (what === 'read-only') {
  // Root writes everywhere, so it stops being root once all modules are read.
  if (process.getuid?.() === 0) process.seteuid?.(65_534)
  const store = createProfileStore(join(path, 'profiles'))
  const told = {
    saved: await store.save(newProfile('new', { name: 'New' })).then(() => 'ok', toErrorValue),
    listed: (await store.list()).items.map((profile) => profile.name),
  }
  process.stdout.write(JSON.stringify(told))
} else {
  await withLock(path, async () => {
    process.stdout.write('held\n')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  })
}
