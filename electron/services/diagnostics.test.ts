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
})
