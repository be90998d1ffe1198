import { describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { RecentSchemas } from './recent-schemas.ts'

const never = new AbortController().signal

describe('schemas that were found a moment ago', () => {
  it('are asked for once, however many wait, and whoever gives up ends it for nobody else', async () => {
    const recent = new RecentSchemas<string>()
    let asked = 0
    const { promise, resolve } = Promise.withResolvers<string>()
    const find = () => {
      asked += 1
      return promise
    }
    const over = new AbortController()
    const gone = recent.get('a', find, over.signal)
    const waits = recent.get('a', find, never)
    over.abort()
    await expect(gone).rejects.toMatchObject({ code: 'call.cancelled' })
    resolve('found')
    expect(await waits).toBe('found')
    expect(await recent.get('a', find, never)).toBe('found')
    expect(asked).toBe(1)
  })

  it('are known by their keys, and a reason why there is none holds as well', async () => {
    const recent = new RecentSchemas<string>()
    let asked = 0
    const fail = () => {
      asked += 1
      return Promise.reject(new SeeklineError('registry.unreachable', 'It is down.'))
    }
    for (let i = 0; i < 3; i += 1) await expect(recent.get('a', fail, never)).rejects.toMatchObject({ code: 'registry.unreachable' }) // oxfmt-ignore
    expect(asked).toBe(1)
    expect(await recent.get('b', () => Promise.resolve('other'), never)).toBe('other')
  })

  it('are forgotten when there are too many', async () => {
    const recent = new RecentSchemas<number>()
    for (let i = 0; i < 101; i += 1) await recent.get(String(i), () => Promise.resolve(i), never)
    expect(await recent.get('0', () => Promise.resolve(-1), never)).toBe(-1)
    expect(await recent.get('100', () => Promise.resolve(-1), never)).toBe(100)
  })
})
