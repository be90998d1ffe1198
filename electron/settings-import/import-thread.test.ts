import { describe, expect, it } from 'vitest'
import { importInThread } from './import-thread.ts'

const task = (text: string) => ({ text, cluster: undefined })
const never = new AbortController().signal
const entry = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`)

describe('a thread for one text', () => {
  it('gives back what came out, and errors as they were thrown', async () => {
    const { profile } = await importInThread(task('bootstrap.servers=a:1'), never)
    expect(profile.brokers).toEqual(['a:1'])
    const two = '{"a":{"bootstrap.servers":"a:1"},"b":{"bootstrap.servers":"b:1"}}'
    await expect(importInThread(task(two), never)).rejects.toMatchObject({
      code: 'profile.several',
      details: { clusters: [{ id: 'a' }, { id: 'b' }] },
    })
    expect((await importInThread({ text: two, cluster: 'b' }, never)).profile.brokers).toEqual(['b:1'])
  })

  it('is ended over its time, over its memory, and when nobody waits any more', async () => {
    await expect(
      importInThread(task(''), never, { entry: entry('for (;;);'), milliseconds: 300 }),
    ).rejects.toMatchObject({ code: 'profile.invalid', message: expect.stringContaining('takes too long') })
    await expect(
      importInThread(task(''), never, {
        entry: entry('const all = []; for (;;) all.push(new Array(1e5).fill(all.length))'),
      }),
    ).rejects.toMatchObject({ code: 'profile.invalid' })
    const abort = new AbortController()
    const waiting = importInThread(task(''), abort.signal, { entry: entry('for (;;);') })
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'call.cancelled' })
  })

  it('says nothing of the text when it breaks', async () => {
    const broken = importInThread(task('hunter2'), never, { entry: entry("throw new Error('hunter2')") })
    await expect(broken).rejects.toMatchObject({ message: expect.not.stringContaining('hunter2') })
  })
})
