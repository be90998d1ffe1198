import { readdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { KafkaApi, Throttled } from './api.ts'
import { apiName, isReadApi, kafkaApis, lackedBy, type VersionRange } from './api-table.ts'

const rows = Object.entries(kafkaApis)

describe('the table of APIs', () => {
  it('has one row a key, and a file of this folder for each that is spoken, with both directions', async () => {
    expect(new Set(rows.map(([, { key }]) => key)).size).toBe(rows.length)
    const files = (await readdir(new URL('.', import.meta.url))).filter((name) => /^[a-z-]+\.ts$/.test(name))
    const modules = await Promise.all(
      files.map((name) => import(new URL(name, import.meta.url).href) as Promise<Record<string, unknown>>),
    )
    const spoken = modules.flatMap((module) => Object.values(module)).filter(isApi)
    const stated = rows.flatMap(([name, row]) => ('versions' in row ? [[row.key, name, row.versions]] : []))
    const byKey = (a: unknown[], b: unknown[]) => Number(a[0]) - Number(b[0])
    // One whose answers are read in two ways is stated once.
    const apart = new Map(spoken.map(({ key, name, versions }) => [`${key} ${name}`, [key, name, versions]]))
    expect([...apart.values()].sort(byKey)).toEqual(stated)
  })

  it('names what is in it, and takes what is not for a write', () => {
    expect([apiName(47), apiName(9_999)]).toEqual(['OffsetDelete', 'API 9999'])
    expect([isReadApi(1), isReadApi(47), isReadApi(9_999), isReadApi(-1)]).toEqual([true, false, false, false])
  })

  it('says what a broker lacks by the versions it announced, and nothing before that', () => {
    expect(lackedBy(null)).toEqual([])
    const announced = new Map<number, VersionRange>(rows.map(([, { key }]) => [key, { min: 0, max: 99 }]))
    expect(lackedBy(announced)).toEqual([])
    announced.set(16, { min: 0, max: 4 })
    announced.delete(47)
    expect(lackedBy(announced)).toEqual([
      'The brokers do not tell a group’s type; it is shown as "unknown". This needs Kafka 3.8 or later.',
      'Single positions cannot be removed, so undoing to "none" is refused. This needs Kafka 2.4 or later.',
    ])
  })
})

function isApi(value: unknown): value is KafkaApi<unknown, Throttled> {
  return typeof value === 'object' && value !== null && 'encode' in value && 'decode' in value && 'versions' in value
}
