import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog, readLogs, scrub } from './log.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'seekline-log-')), 'logs')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const make = (options: { secrets?: string[]; maxBytes?: number } = {}) =>
  createLog({
    folder,
    name: 'app',
    secrets: () => options.secrets ?? [],
    now: () => new Date('2026-01-02T03:04:05Z'),
    ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
  })
const text = (name = 'app.log') => readFile(join(folder, name), 'utf8')

describe('the log', () => {
  it('is a line each, in order, for its owner alone, and goes on where an earlier run ended', async () => {
    const log = make()
    log.write('info', 'shell', 'started')
    log.write('error', 'page', 'it\nbroke\u2028here', 'Error: it\n  at x')
    await log.flush()
    const again = make()
    again.write('warn', 'call', 'slow')
    await again.flush()
    expect(await text()).toBe(
      '2026-01-02T03:04:05.000Z info  shell: started\n' +
        '2026-01-02T03:04:05.000Z error page: it broke here\n    Error: it\n      at x\n' +
        '2026-01-02T03:04:05.000Z warn  call: slow\n',
    )
    const mode = (await stat(join(folder, 'app.log'))).mode & 0o777
    // Windows has no such bits; the folder's rights hold there.
    expect(process.platform === 'win32' ? 0o600 : mode).toBe(0o600)
  })

  it('is bounded, whatever is written: a few files of a bounded size, the newest lines in the first', async () => {
    const log = make({ maxBytes: 2_000 })
    for (let n = 0; n < 500; n += 1) {
      log.write('info', 'shell', `line ${n} ${'x'.repeat(50)}`)
      if (n % 7 === 0) await log.flush()
    }
    await log.flush()
    const names = (await readdir(folder)).toSorted()
    expect(names).toEqual(['app.1.log', 'app.2.log', 'app.3.log', 'app.log'])
    for (const name of names) expect((await stat(join(folder, name))).size).toBeLessThan(3_000)
    expect(await text()).toContain('line 499 ')
    const kept = await readLogs(folder, ['app', 'server'])
    expect(kept.map(({ name }) => name)).toEqual(['app.log', 'app.1.log', 'app.2.log', 'app.3.log'])
  })

  it('cuts what is endless', async () => {
    const log = make()
    log.write('error', 'page', 'x'.repeat(1_000_000))
    await log.flush()
    expect((await text()).length).toBeLessThan(10_000)
  })

  it('never holds a secret of this run, in whatever form it got into a message', async () => {
    const secret = 'pa ss/wörd"1'
    const log = make({ secrets: [secret] })
    log.write('error', 'call', `refused ${secret}`, JSON.stringify({ it: secret }))
    log.write('error', 'call', encodeURIComponent(secret), Buffer.from(secret).toString('base64'))
    await log.flush()
    const written = await text()
    for (const form of [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ]) {
      expect(written).not.toContain(form)
    }
    expect(written).toContain('refused •••')
  })

  it('masks what looks like a secret though nobody has seen it', () => {
    const pem = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----'
    const masked = scrub(
      `password=hunter2 sasl.password: "s p a c e" {"keyPassphrase":"abc"} token='t' ${pem} user=alice`,
      [],
    )
    for (const gone of ['hunter2', 's p a c e', 'abc', "'t'", 'MIIE']) expect(masked).not.toContain(gone)
    expect(masked).toContain('user=alice')
  })

  it('takes nothing with it when it cannot be written', async () => {
    const file = join(folder, '..', 'a-file')
    await writeFile(file, '')
    const log = createLog({ folder: join(file, 'logs'), name: 'app', secrets: () => [] })
    log.write('info', 'shell', 'started')
    await expect(log.flush()).resolves.toBeUndefined()
  })
})
