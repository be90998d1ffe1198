import fs from 'node:fs/promises'
import path from 'node:path'
import type { KafkaApi, Throttled } from '../../electron/kafka/protocol/api.ts'

/** Every API that we use, by name: found in the folder, so that none is forgotten. */
export async function spokenApis(): Promise<KafkaApi<unknown, Throttled>[]> {
  const folder = path.join(import.meta.dirname, '../../electron/kafka/protocol')
  const names = (await fs.readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const modules = await Promise.all(
    names.map((name) => import(`../../electron/kafka/protocol/${name.slice(0, -3)}.ts`) as Promise<object>),
  )
  const apis = modules.flatMap((one) => Object.values(one)).filter(isApi)
  return apis.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function isApi(value: unknown): value is KafkaApi<unknown, Throttled> {
  return typeof value === 'object' && value !== null && 'key' in value && 'encode' in value && 'versions' in value
}
