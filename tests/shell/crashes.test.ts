import { describe, expect, inject, test } from 'vitest'
import { filesBelow, holding } from './on-disk.ts'
import { startShell } from './shell-app.ts'
import { steps } from './steps.ts'
import { untilHolds } from '../support/wait-for.ts'

const { leading } = inject('shell')
const { listeners } = inject('secure')
const password = 'alice-secret'

describe.each(leading)('a typed password, $name', (target) => {
  test('is in no fault, no dump and no file, whatever crashes', async () => {
    const app = await startShell(target)
    try {
      const see = steps(app.page)
      await see.startProfile('Vault', listeners.saslPlaintext ?? '')
      await app.page.click({ role: 'radio', name: 'SCRAM-SHA-512' })
      await app.page.fill(see.field('User name'), 'alice')
      await see.typePassword(password)
      await app.page.click({ role: 'button', name: 'Save and connect' })
      await app.page.reads('All topics')

      await app.inMain(`void setTimeout(() => { throw new Error('no log-in as alice with ${password}') }, 0)`)
      await app.page.reads('no log-in as alice with •••')
      await app.page.screenshot('fault')

      const renderers = async () => (await app.processes()).flatMap(({ type, pid }) => (type === 'renderer' ? pid : []))
      for (const signal of ['SIGSEGV', 'SIGABRT'] as const) {
        const old = await renderers()
        for (const pid of old) process.kill(pid, signal)
        await untilHolds('a new page process', async () => expect((await renderers()).some((pid) => !old.includes(pid))).toBe(true)) // oxfmt-ignore
        await app.attach()
        await app.page.reads('This window crashed and was loaded again')
      }
      process.kill(app.child.pid, 'SIGSEGV')
      expect(await app.ended()).toEqual({ code: null, signal: 'SIGSEGV' })

      const files = await filesBelow(app.home)
      expect(await holding(files, 'renderer gone')).not.toEqual([])
      expect(await holding(files, password)).toEqual([])
      expect(files.filter((file) => /\.dmp$|\bcore\b/.test(file))).toEqual([])
    } finally {
      await app.close()
    }
  })
})
