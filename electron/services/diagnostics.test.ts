import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newProfile } from '#shared/model/profile.ts'
import { Settings } from '#shared/model/settings.ts'
import { createLog } from '../storage/log.ts'
import { createDiagnosticsService } from './diagnostics.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-diagnostics-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('exported diagnostics', () => {
  it('hold the log, and no secret, also one that was written before anybody knew it for one', async () => {
    const known: string[] = []
    const log = createLog({ folder, name: 'app', secrets: () => known })
    const service = createDiagnosticsService({
      version: '1.2.3',
      logFolder: folder,
      log,
      secrets: () => known,
      secretsKeptIn: () => 'memory',
      profiles: () => Promise.resolve([newProfile('p', { name: 'geheim-name', brokers: ['kafka.intern:9092'] })]),
      connections: () => [],
      settings: () => Promise.resolve(Settings.parse({ pins: { p: ['secret-topic'] } })),
    })
    const context = { signal: new AbortController().signal }
    await service['diagnostics.note']({ where: 'promise', message: 'refused Tr0ub4dor&3', stack: 'Error: x' }, context)
    known.push('Tr0ub4dor&3')
    const { content, files } = await service['diagnostics.bundle']({}, context)
    const text = gunzipSync(content).toString('utf8')
    expect(files).toEqual(['about.json', 'app.log'])
    expect(text).toContain('promise: refused •••')
    expect(text).toContain('"seekline": "1.2.3"')
    for (const gone of ['Tr0ub4dor', 'geheim-name', 'kafka.intern', 'secret-topic', folder])
      expect(text).not.toContain(gone)
  })

  it('hold no address, and still tell one host from another', async () => {
    const log = createLog({ folder, name: 'app', secrets: () => [] })
    const hosts = [
      'kafka.intern',
      'b-1.msk.eu.example',
      '10.20.30.40',
      'fe80::1:2:3',
      'broker7',
      'proxy.intern',
      'gone.intern',
    ]
    const service = createDiagnosticsService({
      version: '1.2.3',
      logFolder: folder,
      log,
      secrets: () => [],
      secretsKeptIn: () => 'memory',
      profiles: () => Promise.resolve([newProfile('p', { brokers: ['kafka.intern:9092'] })]),
      connections: () => [],
      settings: () => Promise.resolve(Settings.parse({})),
    })
    log.write('warn', 'connection', 'x failed: connect ECONNREFUSED 10.20.30.40:9093 and [fe80::1:2:3]:9092')
    log.write('warn', 'connection', 'b-1.msk.eu.example:9098 refused; broker7:9092 too; kafka.intern has no route')
    log.write(
      'warn',
      'connection',
      'via http://proxy.intern:3128/, getaddrinfo ENOTFOUND gone.intern',
      'at run (main.js:12:5)',
    )
    log.write('warn', 'connection', 'again b-1.msk.eu.example:9098')
    await log.flush()
    const { content } = await service['diagnostics.bundle']({}, { signal: new AbortController().signal })
    const text = gunzipSync(content).toString('utf8')
    for (const gone of hosts) expect(text).not.toContain(gone)
    expect(text).toContain('main.js:12:5')
    const [, number] = /(host-\d+):9098 refused/.exec(text)!
    expect(text).toContain(`again ${number}:9098`)
  })
})
