// Started by tests as a process of its own: adds to a shared file or journal, or holds the lock until it is killed.
import { openJournal } from './journal.ts'
import { jsonFile } from './json-file.ts'
import { withLock } from './lock.ts'
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
} else {
  await withLock(path, async () => {
    process.stdout.write('held\n')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  })
}
