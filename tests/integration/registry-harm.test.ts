import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { answerWith } from '../support/http-proxy.ts'
import { reachRegistries } from '../support/reach-registries.ts'

// Servers that answer as no registry does: what they send is bounded in bytes, parts, depth and time.

const { reach, before, failing, subjects, close } = reachRegistries()

afterAll(close)

describe('a registry that means harm', () => {
  const draft = { type: 'avro' as const, text: '"string"', references: [] }

  it('sends without end, packed or not, and is heard so far and no further', async () => {
    const endless = await before((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' })
      const chunk = `["${'x'.repeat(1 << 20)}",`
      const more = (): void => {
        while (!answer.destroyed && answer.write(chunk));
      }
      answer.on('drain', more)
      more()
      return true
    })
    expect(await failing(subjects(reach({ urls: [endless.url] })))).toMatchObject({ code: 'registry.too-large' })
    // Nobody asked for gzip, so nobody unpacks it: what would be gigabytes is no JSON.
    const bomb = gzipSync(Buffer.alloc(64 << 20, '["'))
    const packed = await before((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
      return true
    })
    expect(await failing(subjects(reach({ urls: [packed.url] })))).toMatchObject({ code: 'registry.invalid' })
    expect(packed.seen[0]!.headers['accept-encoding']).toBeUndefined()
  })

  it('lists more than anybody has: millions of parts, of versions, of subjects', async () => {
    const of = (body: string) => before((_, answer) => answerWith(answer, 200, body))
    const parts = await of(`[${'"",'.repeat(5_000_000)}""]`)
    expect(await failing(subjects(reach({ urls: [parts.url] })))).toMatchObject({ code: 'registry.too-large', message: expect.stringContaining('500,000 parts') }) // oxfmt-ignore
    const versions = await of(JSON.stringify(Array.from({ length: 400_000 }, (_, i) => i)))
    expect(await failing(reach({ urls: [versions.url] }).api.versions('a'))).toMatchObject({ code: 'registry.too-large', message: expect.stringContaining('10,000 entries') }) // oxfmt-ignore
    const members = await of(`{${Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join(',')}}`)
    expect(await failing(subjects(reach({ urls: [members.url] })))).toMatchObject({ code: 'registry.too-large' })
    const escapes = await of(JSON.stringify({ schema: '"'.repeat(3_000_000) }))
    expect(await failing(subjects(reach({ urls: [escapes.url] })))).toMatchObject({ code: 'registry.too-large', message: expect.stringContaining('2,000,000 escaped characters') }) // oxfmt-ignore
    const huge = await of('{"subject":"a","version":1e400,"id":12345678901234567890,"schema":"x"}')
    expect(await failing(reach({ urls: [huge.url] }).api.version('a', 1))).toMatchObject({ code: 'registry.invalid' })
  })

  it('lists a thousand and is silent about the rest, which is said for as long as one of its lists is cut', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `s${i}`)
    const cut = await before(({ path: at }, answer) =>
      answerWith(answer, 200, at.includes('deleted=true') ? [...names, 'gone'] : names),
    )
    const opened = reach({ urls: [cut.url] })
    const [all, live] = await Promise.all([opened.subjects({ deleted: true }), opened.subjects()])
    expect([all.isCut, all.names.length, live.isCut, live.names.length]).toEqual([false, 1_001, true, 1_000])
    expect(opened.lacks().join(' ')).toContain('It lists only so many subjects')
  })

  it('gives a byte now and then, and is given up like one that gives none', async () => {
    const slow = await before((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).write('[')
      const drip = (): void => void (answer.destroyed || answer.write(' ', () => setImmediate(drip)))
      drip()
      return true
    })
    const opened = reach({ urls: [slow.url] }, { limits: { wholeMs: 500 } })
    expect(await failing(subjects(opened))).toMatchObject({ code: 'registry.unreachable', retryable: true, details: { step: 'answer' } }) // oxfmt-ignore
  })

  it('loses the request of a path that it does not know, and is asked again: Apicurio 3 does, once in thousands', async () => {
    const guid = '3f1c1c5e-0000-4000-8000-000000000000'
    let lost = 1
    const losing = await before(({ path: at }, answer) => {
      if (at.includes('/guids/') && lost-- > 0) return true
      return answerWith(answer, 404, { error_code: 404, message: 'HTTP 404 Not Found' })
    })
    const limits = { lostMs: 1_000, wholeMs: 5_000 }
    const opened = reach({ urls: [losing.url] }, { limits })
    expect(await opened.api.byGuid(guid)).toBeNull()
    expect(opened.lacks().join(' ')).toContain('GUID')
    expect(losing.seen).toHaveLength(2)
    // Not for ever, and of no other kind: a slow one is not asked twice.
    lost = 10
    const silent = reach({ urls: [losing.url] }, { limits })
    expect(await failing(silent.api.byGuid(guid))).toMatchObject({ code: 'registry.unreachable' })
    expect(losing.seen).toHaveLength(5)
    const confluent = reach({ urls: [losing.url], kind: 'confluent' }, { limits })
    expect(await failing(confluent.api.byGuid(guid))).toMatchObject({ code: 'registry.unreachable' })
    expect(losing.seen).toHaveLength(6)
    // Whoever stops waiting is not made to wait for another try.
    const over = new AbortController()
    const cancelled = reach({ urls: [losing.url] }, { limits }).api.byGuid(guid, { signal: over.signal })
    over.abort()
    expect(await failing(cancelled)).toMatchObject({ code: 'call.cancelled' })
  })

  it.each([
    [429, 'application/json', '{"error_code":42901,"message":"Too many requests"}', 'registry.refused', 'Too many requests'],
    [503, 'text/html', '<html>Busy</html>', 'registry.invalid', 'a web page (503)'],
    [503, 'application/json', '', 'registry.refused', 'it answered 503 without saying why'],
    [200, 'image/png', '\u0089PNG', 'registry.invalid', 'no JSON (200)'],
    [200, 'text/plain', '"no list"', 'registry.invalid', 'not what its API promises'],
    [204, 'application/json', '', 'registry.invalid', 'no JSON (204)'],
  ])('answers %d, %s: said so, asked once, and its hour of waiting is nobody’s', async (status, type, body, code, said) => {
    const asked = await before((_, answer) => {
      answer.writeHead(status, { 'content-type': type, 'retry-after': '999999999' }).end(status === 204 ? undefined : body)
      return true
    })
    const opened = reach({ urls: [asked.url] })
    expect(await failing(subjects(opened))).toMatchObject({ code, message: expect.stringContaining(said) })
    expect(asked.seen).toHaveLength(1)
    const found = await opened.schemaCache.resolve({ by: 'id', id: 1 })
    expect(found).toMatchObject({ reason: expect.any(String) as unknown })
    expect('holdsMs' in found && found.holdsMs).toBeLessThanOrEqual(30_000)
  }) // oxfmt-ignore

  it('refers to a hundred thousand others, of which none is asked for', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}`, subject: `s${i}`, version: 1 }))
    const wide = await before(({ path: at }, answer) =>
      answerWith(answer, 200, at.includes('/versions?') ? [] : { schema: '"x"', references: many }),
    )
    const { schemaCache } = reach({ urls: [wide.url] })
    expect(await schemaCache.resolve({ by: 'id', id: 1 })).toMatchObject({ reason: expect.any(String) as unknown })
    expect(wide.seen.length).toBeLessThan(5)
  })

  it('has references a thousand deep, or of which each takes its time', async () => {
    const chain = await before(({ path: at }, answer) => {
      const version = Number(/versions\/(\d+)/.exec(at)?.[1] ?? 0)
      const references = [{ name: `n${version}`, subject: 'chain', version: version + 1 }]
      return answerWith(answer, 200, { subject: 'chain', version, id: 1, schema: '"x"', references })
    })
    const { schemaCache } = reach({ urls: [chain.url] })
    expect(await schemaCache.resolve({ by: 'subject', subject: 'chain', version: 1 })).toMatchObject({ reason: expect.stringContaining('more than 64 deep') }) // oxfmt-ignore
    expect(chain.seen.length).toBeLessThan(70)
  })

  it('is asked for names as they are, and never for another thing than was meant', async () => {
    const proxy = await before((_, answer) => answerWith(answer, 200, []))
    const { api } = reach({ urls: [proxy.url] })
    const names = [
      'a/b',
      '../config',
      'a%2Fb',
      'x?deleted=true#y',
      'a\r\nx-evil: 1',
      'ä\u202Eb',
      ':.ctx:orders',
      '%2e%2e',
      '..a',
    ]
    for (const name of names) await api.versions(name)
    expect(proxy.seen.map(({ path: at }) => decodeURIComponent(at.split('/')[5]!))).toEqual(names)
    expect(proxy.seen.every(({ path: at }) => at.split('/').length === 7 && !at.includes('?'))).toBe(true)
    expect(JSON.stringify(proxy.seen.map(({ headers }) => headers))).not.toContain('evil')
    proxy.seen.length = 0
    for (const name of ['.', '..', 'half \ud800']) {
      const works: (() => Promise<unknown>)[] = [
        () => api.versions(name),
        () => api.deleteSubject(name, true),
        () => api.register(name, draft),
        () => api.setCompatibility(name, 'NONE'),
      ]
      for (const work of works) expect(await failing(work())).toMatchObject({ code: 'call.invalid' })
    }
    expect(proxy.seen).toEqual([])
  })
})
