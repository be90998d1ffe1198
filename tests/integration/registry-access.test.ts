import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../scripts/lib/ports.ts'
import { connectProxy, socksProxy } from '../support/forward-proxy.ts'
import { answerWith, type Guard } from '../support/http-proxy.ts'
import type { SharedRegistry } from '../support/lending.ts'
import { sharedRegistry } from '../support/lent.ts'
import { issue, type Issued } from '../support/pki.ts'
import { reachRegistries, type ProxyTls } from '../support/reach-registries.ts'

// How a registry is reached: a real one, behind what companies put before it.

let registry: SharedRegistry
let folder: string
let ca: Issued
let server: Issued
let client: Issued
const { reach, before: front, failing, subjects, atEnd, close } = reachRegistries()

beforeAll(async () => {
  registry = await sharedRegistry()
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-registry-'))
  ca = await issue(folder, 'ca', { isCa: true })
  server = await issue(folder, 'server', { by: ca, names: ['ip:127.0.0.1', 'dns:localhost'] })
  client = await issue(folder, 'client', { by: ca })
})

afterAll(async () => {
  await close()
  await fs.rm(folder, { recursive: true, force: true })
})

const passing: Guard = () => false
/** A proxy before the real one, or another. */
const before = (guard: Guard, tls?: ProxyTls, target = registry.url) => front(guard, tls, target)
const tlsServer = () => ({ key: server.key, cert: server.cert })

describe('signing in', () => {
  it('by a token that is given, with what Confluent Cloud wants beside it', async () => {
    const proxy = await before(({ headers }, answer) =>
      headers.authorization === 'Bearer t0ken' && headers['target-sr-cluster'] === 'lsrc-1'
        ? false
        : answerWith(answer, 401, { error_code: 401, message: 'Unauthorized' }),
    )
    const auth = { kind: 'bearer', logicalCluster: 'lsrc-1', identityPool: 'pool-1' } as const
    await subjects(reach({ urls: [proxy.url], auth }, { secrets: { token: 't0ken' } }))
    expect(proxy.seen[0]?.headers['confluent-identity-pool-id']).toBe('pool-1')
    const wrong = await failing(subjects(reach({ urls: [proxy.url], auth }, { secrets: { token: 'other' } })))
    expect(wrong).toMatchObject({ code: 'registry.unauthorised', details: { status: 401 } })
    expect(JSON.stringify(wrong)).not.toContain('other')
  })

  it('by client credentials: one token for all, fetched anew when it is no longer taken', async () => {
    let valid = 0
    const tokens = await before(({ headers }, answer) => {
      const given = Buffer.from(headers.authorization!.slice('Basic '.length), 'base64').toString()
      if (given !== 'my%20app:s3cr%26t') return answerWith(answer, 401, { error: 'invalid_client', error_description: 'unknown client' }) // oxfmt-ignore
      return answerWith(answer, 200, { access_token: `token-${(valid += 1)}`, expires_in: 3_600 })
    })
    const proxy = await before(({ headers }, answer) =>
      headers.authorization === `Bearer token-${valid}` ? false : answerWith(answer, 401, { message: 'expired' }),
    )
    const auth = { kind: 'oauth', tokenUrl: `${tokens.url}/token`, clientId: 'my app', scope: 'registry' } as const
    const opened = reach({ urls: [proxy.url], auth }, { secrets: { clientSecret: 's3cr&t' } })
    await Promise.all([subjects(opened), subjects(opened), subjects(opened)])
    expect(tokens.seen).toHaveLength(1)
    valid += 1
    await subjects(opened)
    expect(tokens.seen).toHaveLength(2)
    const wrong = await failing(
      subjects(reach({ urls: [proxy.url], auth }, { secrets: { clientSecret: 'wrong-one' } })),
    )
    expect(wrong).toMatchObject({ code: 'registry.unauthorised', details: { step: 'sign-in', status: 401 } })
    expect(wrong.message).toContain('unknown client')
    expect(JSON.stringify(wrong)).not.toContain('wrong-one')
  })

  it('by a certificate, to a server of an authority of one’s own', async () => {
    const guard: Guard = ({ certified }, answer) => (certified ? false : answerWith(answer, 403, { message: 'no certificate' })) // oxfmt-ignore
    const proxy = await before(guard, { ...tlsServer(), ca: ca.cert, requestCert: true, rejectUnauthorized: false })
    const own = { ca: [ca.cert] }
    await subjects(reach({ urls: [proxy.url] }, { tls: { ...own, cert: client.cert, key: client.key } }))
    expect(await failing(subjects(reach({ urls: [proxy.url] }, { tls: own })))).toMatchObject({ code: 'registry.unauthorised', details: { status: 403 } }) // oxfmt-ignore
  })
})

describe('TLS', () => {
  it('is believed by the authorities that are named, for the host that is asked', async () => {
    const proxy = await before(passing, tlsServer())
    const untrusted = await failing(subjects(reach({ urls: [proxy.url] }, { tls: {} })))
    expect(untrusted).toMatchObject({ code: 'registry.unreachable', details: { step: 'tls' } })
    expect(untrusted.message).toContain('authority that is not trusted')
    await subjects(reach({ urls: [proxy.url] }, { tls: { rejectUnauthorized: false } }))
    const other = await issue(folder, 'other', { by: ca, names: ['dns:elsewhere.example'] })
    const misnamed = await before(passing, { key: other.key, cert: other.cert })
    expect((await failing(subjects(reach({ urls: [misnamed.url] }, { tls: { ca: [ca.cert] } })))).message).toContain('for another host') // oxfmt-ignore
    await subjects(reach({ urls: [misnamed.url] }, { tls: { ca: [ca.cert], checkHostName: false } }))
    const plain = await before(passing)
    const noTls = reach({ urls: [plain.url.replace('http:', 'https:')] }, { tls: {} })
    expect(await failing(subjects(noTls))).toMatchObject({ code: 'registry.unreachable', details: { step: 'tls' } })
  })
})

describe('a proxy', () => {
  it('of HTTP leads to the registry, also to one without TLS, and is told its password alone', async () => {
    const proxy = await connectProxy('walker:pr0xy')
    atEnd(proxy.stop)
    const target = await before(passing)
    const secure = await before(passing, tlsServer())
    const way = { url: `http://127.0.0.1:${proxy.port}`, username: 'walker' }
    const auth = { kind: 'basic', username: 'alice' } as const
    const secrets = { password: 'of-registry', proxyPassword: 'pr0xy' }
    await subjects(reach({ urls: [target.url], auth, proxy: way }, { secrets }))
    await subjects(reach({ urls: [secure.url], auth, proxy: way }, { secrets, tls: { ca: [ca.cert] } }))
    expect(proxy.targets).toEqual([target, secure].map(({ url }) => new URL(url).host))
    expect(proxy.plain).toEqual([])
    expect(JSON.stringify([...target.seen, ...secure.seen])).not.toContain('proxy-authorization')
    const refused = reach({ urls: [target.url], proxy: way }, { secrets: { proxyPassword: 'wrong' } })
    expect(await failing(subjects(refused))).toMatchObject({ code: 'registry.unreachable', details: { step: 'proxy' } })
  })

  it('of SOCKS5 does the same', async () => {
    const proxy = await socksProxy('walker', 'pr0xy')
    atEnd(proxy.stop)
    const target = await before(passing)
    const secure = await before(passing, tlsServer())
    const way = { url: `socks5://127.0.0.1:${proxy.port}`, username: 'walker' }
    const secrets = { proxyPassword: 'pr0xy' }
    await subjects(reach({ urls: [target.url], proxy: way }, { secrets }))
    await subjects(reach({ urls: [secure.url], proxy: way }, { secrets, tls: { ca: [ca.cert] } }))
    expect(proxy.targets).toEqual([target, secure].map(({ url }) => new URL(url).host))
    const wrong = reach({ urls: [target.url], proxy: way }, { secrets: { proxyPassword: 'wrong' } })
    expect(await failing(subjects(wrong))).toMatchObject({ code: 'registry.unreachable' })
  })
})

describe('several addresses', () => {
  it('are asked in turn, the one that answered first the next time', async () => {
    const [gone] = await freePorts(1)
    const down = await before((_, answer) => answerWith(answer, 503, { message: 'starting' }))
    const up = await before(passing)
    const opened = reach({ urls: [`http://127.0.0.1:${gone}`, down.url, up.url] })
    await subjects(opened)
    await subjects(opened)
    expect([down.seen.length, up.seen.length]).toEqual([1, 2])
  })

  it('are not asked to write what another may have written', async () => {
    const cut = await before((_, answer) => {
      answer.socket?.destroy()
      return true
    })
    const other = await before(passing)
    const opened = reach({ urls: [cut.url, other.url] })
    const draft = { type: 'avro' as const, text: '"string"', references: [] }
    expect(await failing(opened.api.register('cut', draft))).toMatchObject({ code: 'registry.unreachable', details: { sent: true } }) // oxfmt-ignore
    expect(other.seen).toEqual([])
  })
})

describe('what is no registry', () => {
  it('is called by its name', async () => {
    const answers: [Guard, object][] = [
      [(_, answer) => answerWith(answer, 200, '<!DOCTYPE html><title>Log in</title>', 'text/html'), { code: 'registry.invalid', message: expect.stringContaining('web page') }], // oxfmt-ignore
      [(_, answer) => answerWith(answer, 404, '<html>nothing</html>', 'text/html'), { code: 'registry.invalid' }],
      [(_, answer) => answerWith(answer, 200, 'hello', 'text/plain'), { code: 'registry.invalid', message: expect.stringContaining('no JSON') }], // oxfmt-ignore
      [(_, answer) => answerWith(answer, 200, { subjects: 1 }), { code: 'registry.invalid' }],
      [(_, answer) => answerWith(answer, 200, '['.repeat(100_000)), { code: 'registry.invalid' }],
      [(_, answer) => answerWith(answer, 403, { error_code: 403, message: 'Forbidden' }), { code: 'registry.unauthorised', message: expect.stringContaining('403') }], // oxfmt-ignore
      [(_, answer) => answerWith(answer, 200, `["${'x'.repeat(17 << 20)}"]`), { code: 'registry.too-large' }],
    ]
    for (const [guard, expected] of answers) {
      const proxy = await before(guard)
      expect(await failing(subjects(reach({ urls: [proxy.url] })))).toMatchObject(expected)
    }
  })

  it('is not followed elsewhere, least of all with credentials', async () => {
    const elsewhere = await before(passing)
    const sends = await before((_, answer) => {
      answer.writeHead(302, { location: `${elsewhere.url}/subjects` }).end()
      return true
    })
    const auth = { kind: 'basic', username: 'alice' } as const
    const moved = await failing(subjects(reach({ urls: [sends.url], auth }, { secrets: { password: 'pa55' } })))
    expect(moved).toMatchObject({ code: 'registry.refused', message: expect.stringContaining(new URL(elsewhere.url).host) }) // oxfmt-ignore
    expect(elsewhere.seen).toEqual([])
    const here = await before(({ path: at }, answer) => {
      if (!at.startsWith('/old')) return false
      answer.writeHead(301, { location: at.replace('/old', '') }).end()
      return true
    })
    await subjects(reach({ urls: [`${here.url}/old/apis/ccompat/v7`], auth }, { secrets: { password: 'pa55' } }))
    const round = await before((_, answer) => {
      answer.writeHead(302, { location: '/again' }).end()
      return true
    })
    expect(await failing(subjects(reach({ urls: [round.url] })))).toMatchObject({ code: 'registry.invalid' })
    expect(round.seen).toHaveLength(4)
  })

  it('that takes too long is given up, and by whoever cancels at once', async () => {
    const silent = await before(() => true)
    const opened = reach({ urls: [silent.url] }, { limits: { wholeMs: 300 } })
    expect(await failing(subjects(opened))).toMatchObject({ code: 'registry.unreachable', details: { step: 'answer' }, hint: expect.stringContaining('overloaded') }) // oxfmt-ignore
    const abort = new AbortController()
    const cancelled = failing(reach({ urls: [silent.url] }).api.subjects({ signal: abort.signal }))
    abort.abort()
    expect(await cancelled).toMatchObject({ code: 'call.cancelled' })
  })
})

describe('resolving what records name', () => {
  const references = (...names: string[]) => names.map((name) => ({ name: `acme.${name}`, subject: name, version: 1 }))
  const record = (name: string, ...fields: object[]) =>
    JSON.stringify({ type: 'record', namespace: 'acme', name, fields })

  it('follows references of a real registry, and asks once for what stays', async () => {
    const proxy = await before(passing)
    const opened = reach({ urls: [proxy.url] })
    const base = { type: 'avro' as const, references: [] }
    await opened.api.register('Inner', { ...base, text: record('Inner', { name: 'i', type: 'int' }) })
    await opened.api.register('Middle', { ...base, text: record('Middle', { name: 'm', type: 'acme.Inner' }), references: references('Inner') }) // oxfmt-ignore
    const outer = record('Outer', { name: 'o', type: 'acme.Middle' }, { name: 'p', type: 'acme.Inner' })
    const { id } = await opened.api.register('Outer', { ...base, text: outer, references: references('Middle', 'Inner') }) // oxfmt-ignore
    const found = await opened.schemaCache.resolve({ by: 'id', id })
    expect(found).toMatchObject({
      schema: { type: 'avro', text: outer, references: [{ name: 'acme.Inner' }, { name: 'acme.Middle' }] },
      subject: 'Outer',
      version: 1,
    })
    const { length } = proxy.seen
    expect(await opened.schemaCache.resolve({ by: 'id', id })).toBe(found)
    expect(proxy.seen).toHaveLength(length)
    // The text itself, never a form that each registry writes otherwise.
    expect(JSON.stringify(proxy.seen)).not.toContain('format=')
  })

  it('asks a registry that is down, or knows nothing, once for each id; a slow one holds nobody else up', async () => {
    const held = Promise.withResolvers<void>()
    const proxy = await before(({ path: at }, answer) => {
      if (at.endsWith('/schemas/ids/1')) return answerWith(answer, 404, { error_code: 40403, message: 'Schema not found' }) // oxfmt-ignore
      if (at.endsWith('/schemas/ids/2')) return answerWith(answer, 500, { error_code: 50001, message: 'Error' })
      if (at.includes('/schemas/ids/3')) {
        void held.promise.then(() => answerWith(answer, 200, at.includes('/versions') ? [] : { schema: '"int"' }))
        return true
      }
      return answerWith(answer, 200, at.includes('/versions') ? [] : { schema: '"string"' })
    })
    const { schemaCache } = reach({ urls: [proxy.url] })
    const slow = schemaCache.resolve({ by: 'id', id: 3 })
    expect(await schemaCache.resolve({ by: 'id', id: 4 })).toMatchObject({ schema: { text: '"string"' } })
    for (const id of [1, 1, 2, 2]) await schemaCache.resolve({ by: 'id', id })
    expect(await schemaCache.resolve({ by: 'id', id: 1 })).toMatchObject({
      reason: 'schema 1 is not in this registry (404)',
    })
    expect(proxy.seen.filter(({ path: at }) => /ids\/[12]$/.test(at))).toHaveLength(2)
    held.resolve()
    expect(await slow).toMatchObject({ schema: { text: '"int"' } })
    const [gone] = await freePorts(1)
    const down = reach({ urls: [`http://127.0.0.1:${gone}`] }).schemaCache
    expect(await down.resolve({ by: 'id', id: 1 })).toMatchObject({ reason: 'the registry cannot be reached' })
    expect(await down.resolve({ by: 'glue', version: '3f1c1c5e-0000-4000-8000-000000000000' })).toMatchObject({ reason: expect.stringContaining('cannot look up') }) // oxfmt-ignore
  })

  it('takes a GUID where a registry knows them', async () => {
    const guid = '3f1c1c5e-0000-4000-8000-000000000000'
    const proxy = await before(({ path: at }, answer) =>
      at.endsWith(`/schemas/guids/${guid}`)
        ? answerWith(answer, 200, { schema: '"string"', schemaType: 'AVRO', guid })
        : answerWith(answer, 404, { error_code: 40403, message: 'Schema not found' }),
    )
    const { schemaCache } = reach({ urls: [proxy.url] })
    expect(await schemaCache.resolve({ by: 'guid', guid })).toMatchObject({
      schema: { type: 'avro', text: '"string"' },
    })
    const other = guid.replace('3', '4')
    expect(await schemaCache.resolve({ by: 'guid', guid: other })).toMatchObject({ reason: `schema ${other} is not in this registry (404)` }) // oxfmt-ignore
  })

  it('takes a schema of 5 MB, and refuses a longer one and one that refers to itself', async () => {
    const big = `"${'x'.repeat((5 << 20) - 10)}"`
    const proxy = await before(({ path: at }, answer) => {
      if (at.includes('/versions?')) return answerWith(answer, 200, [])
      if (at.endsWith('ids/1')) return answerWith(answer, 200, { schema: big })
      if (at.endsWith('ids/2')) return answerWith(answer, 200, { schema: `${big}${big}` })
      const self = [{ name: 'a', subject: 'self', version: 1 }]
      return answerWith(answer, 200, { subject: 'self', version: 1, id: 3, schema: '"x"', references: self })
    })
    const { schemaCache } = reach({ urls: [proxy.url] })
    expect(await schemaCache.resolve({ by: 'id', id: 1 })).toMatchObject({ schema: { text: big } })
    expect(await schemaCache.resolve({ by: 'id', id: 2 })).toMatchObject({ reason: expect.stringContaining('longer than 5 MiB') }) // oxfmt-ignore
    expect(await schemaCache.resolve({ by: 'id', id: 3 })).toMatchObject({
      reason: expect.stringContaining('in a circle'),
    })
  })
})

it('keeps names with a slash, a percent sign and letters of any kind in a real one', async () => {
  const draft = { type: 'avro' as const, text: '"string"', references: [] }
  const { api } = reach({ urls: [registry.url] })
  for (const name of [':.staging:orders-value', 'team/a-value', '100%25-value', 'größe ✓-value', 'a?b#c-value']) {
    await api.register(name, draft)
    expect(await api.versions(name)).toEqual([1])
    expect((await api.version(name, 'latest')).subject).toBe(name)
    expect(await api.deleteSubject(name, false)).toEqual([1])
  }
})

it('without contexts says so to a profile that names one', async () => {
  const failed = await failing(subjects(reach({ urls: [registry.url], context: 'staging' })))
  expect(failed).toMatchObject({ code: 'registry.unsupported', message: expect.stringContaining('.staging') })
})

describe('a read-only profile', () => {
  it('has its writes refused before they leave the process, and its questions answered', async () => {
    const proxy = await before(passing)
    const { api } = reach({ urls: [proxy.url] }, { mode: 'read-only' })
    const draft = { type: 'avro' as const, text: '"string"', references: [] }
    const writes = [
      api.register('nobody', draft),
      api.deleteSubject('nobody', false),
      api.deleteVersion('nobody', 1, true),
      api.setCompatibility('nobody', 'FULL'),
      api.setCompatibility(null, 'NONE'),
      api.setCompatibility('nobody', null),
    ]
    for (const write of writes) expect(await failing(write)).toMatchObject({ code: 'access.read-only' })
    expect(proxy.seen).toEqual([])
    expect(await api.lookUp('nobody', draft)).toBeNull()
    await failing(api.compatible('nobody', 'latest', draft))
    expect(proxy.seen.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })
})
