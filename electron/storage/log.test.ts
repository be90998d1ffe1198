import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog, readLogs, scrubLine } from './log.ts'

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
    const masked = scrubLine(
      `password=hunter2 sasl.password: "s p a c e" {"keyPassphrase":"abc"} token='t' ${pem} user=alice`,
      [],
    )
    for (const gone of ['hunter2', 's p a c e', 'abc', "'t'", 'MIIE']) expect(masked).not.toContain(gone)
    expect(masked).toContain('user=alice')
  })

  it('shows what a terminal would obey, and what turns text round, and masks the credentials of an address', async () => {
    const log = make()
    log.write(
      'error',
      'page',
      'a\u001b[31mred\u009b0m\u202egnp.exe\u200b\u0007',
      'at\u001b]0;title\u0007\n\tat next\r\n\u2066x',
    )
    log.write('warn', 'call', 'proxy http://ada:s3cr@t!@proxy.example:3128/x and kafka://k:v@h sftp://plain.example/')
    await log.flush()
    const written = await text()
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(written).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/)
    expect(written).toContain('a\\u{1b}[31mred\\u{9b}0m\\u{202e}gnp.exe')
    expect(written).toContain('    at\\u{1b}]0;title\\u{7}\n    \tat next\n')
    expect(written).toContain('http://•••@proxy.example:3128/x and kafka://•••@h sftp://plain.example/')
    for (const gone of ['ada', 's3cr', 't!']) expect(written).not.toContain(gone)
  })

  it('takes nothing with it when it cannot be written', async () => {
    const file = join(folder, '..', 'a-file')
    await writeFile(file, '')
    const log = createLog({ folder: join(file, 'logs'), name: 'app', secrets: () => [] })
    log.write('info', 'shell', 'started')
    await expect(log.flush()).resolves.toBeUndefined()
  })
})
