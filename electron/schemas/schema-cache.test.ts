import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import type { SchemaId } from '#shared/model/schema-id.ts'
import { createSchemaCache, HOLD_MS, type RegisteredText } from './schema-cache.ts'

const found = (text: string): RegisteredText => ({
  schema: { type: 'avro', text, references: [] },
  subject: 's',
  version: 1,
})
const byId = (id: number): SchemaId => ({ by: 'id', id })

describe('the cache of schemas', () => {
  it('asks once for what several want, and never again for what it has', async () => {
    const asked: SchemaId[] = []
    const gate = Promise.withResolvers<void>()
    const schemaCache = createSchemaCache(async (id) => {
      asked.push(id)
      await gate.promise
      return found('text')
    })
    const both = [schemaCache.resolve(byId(1)), schemaCache.resolve(byId(1))]
    const given = new AbortController()
    const impatient = schemaCache.resolve(byId(1), given.signal)
    given.abort()
    await expect(impatient).rejects.toMatchObject({ code: 'call.cancelled' })
    gate.resolve()
    expect(await Promise.all(both)).toEqual([found('text'), found('text')])
    expect(await schemaCache.resolve(byId(1))).toEqual(found('text'))
    expect(asked).toEqual([byId(1)])
  })

  it('asks again after half a minute for what failed, and not before', async () => {
    let now = 0
    let asked = 0
    const schemaCache = createSchemaCache(
      () => {
        asked += 1
        return Promise.reject(new SeeklineError('registry.unknown', 'no', { details: { status: 404 } }))
      },
      () => now,
    )
    const reason = 'schema 41 is not in this registry (404)'
    expect(await schemaCache.resolve(byId(41))).toEqual({ reason, holdsMs: HOLD_MS })
    now = HOLD_MS - 1
    expect(await schemaCache.resolve(byId(41))).toEqual({ reason, holdsMs: 1 })
    expect(asked).toBe(1)
    now = HOLD_MS
    await schemaCache.resolve(byId(41))
    expect(asked).toBe(2)
  })

  it('keeps what a version means for good, and what the latest is only a while', async () => {
    let now = 0
    let asked = 0
    const schemaCache = createSchemaCache(
      () => Promise.resolve(found(`text ${(asked += 1)}`)),
      () => now,
    )
    const latest: SchemaId = { by: 'subject', subject: 's', version: null }
    await schemaCache.resolve(latest)
    await schemaCache.resolve({ ...latest, version: 1 })
    now = HOLD_MS + 1
    expect(await schemaCache.resolve(latest)).toMatchObject(found('text 3'))
    expect(await schemaCache.resolve({ ...latest, version: 1 })).toEqual(found('text 2'))
  })

  it('says how long the latest still holds, for those who keep it too', async () => {
    let now = 0
    const schemaCache = createSchemaCache(
      () => Promise.resolve(found('text')),
      () => now,
    )
    const latest: SchemaId = { by: 'artifact', group: null, artifact: 'a', version: null }
    expect(await schemaCache.resolve(latest)).toEqual({ ...found('text'), holdsMs: HOLD_MS })
    now = HOLD_MS - 1
    expect(await schemaCache.resolve(latest)).toEqual({ ...found('text'), holdsMs: 1 })
  })

  it('has no more than eight questions under way, and lets go of the oldest of too much text', async () => {
    let running = 0
    let most = 0
    const asked: SchemaId[] = []
    const big = 'x'.repeat(4 << 20)
    const schemaCache = createSchemaCache(async (id) => {
      asked.push(id)
      most = Math.max(most, (running += 1))
      await Promise.resolve()
      running -= 1
      return found(big)
    })
    await Promise.all(Array.from({ length: 30 }, (_, id) => schemaCache.resolve(byId(id))))
    expect(most).toBeLessThanOrEqual(8)
    expect(asked).toHaveLength(30)
    await schemaCache.resolve(byId(0))
    await schemaCache.resolve(byId(29))
    expect(asked).toHaveLength(31)
  })
})
