import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { type ConfigEntry, type ConfigResourceType, describeConfigsApi } from './protocol/describe-configs.ts'
import type { Outcome, RouteOptions } from './routing.ts'
import { asSeeklineError, isCancelled } from './cancellation.ts'
import { mapLimited } from './map-limited.ts'

/**
 * The settings of topics (or of brokers, by id), with the source of each value. A broker's settings are asked of that broker.
 */
export async function describeConfigs(
  cluster: KafkaCluster,
  resources: readonly { kind: 'topic' | 'broker'; name: string; keys?: readonly string[] }[],
  options: RouteOptions = {},
): Promise<{ kind: 'topic' | 'broker'; name: string; outcome: Outcome<ConfigEntry[]> }[]> {
  const call = { signal: options.signal, timeoutMs: options.timeoutMs }
  const ask = async (to: number | 'any', some: typeof resources): Promise<Map<string, Outcome<ConfigEntry[]>>> => {
    const wanted = some.map((r) => ({
      type: (r.kind === 'topic' ? 2 : 4) as ConfigResourceType,
      name: r.name,
      keys: r.keys ?? null,
    }))
    const answer = await cluster.ask(to, describeConfigsApi, { resources: wanted }, call)
    return new Map(
      answer.resources.map((r) => [
        `${r.type}/${r.name}`,
        r.errorCode === 0
          ? { ok: true, value: r.entries }
          : {
              ok: false,
              error: kafkaError(r.errorCode, `Settings of ${r.name}`, {
                brokerSays: r.errorMessage,
                asked: r.type === 2 ? { api: 'DescribeConfigs', topic: r.name } : { api: 'DescribeConfigs of brokers' },
              }),
            },
      ]),
    )
  }
  const topics = resources.filter((r) => r.kind === 'topic')
  const brokers = resources.filter((r) => r.kind === 'broker')
  const parts: [number | 'any', typeof resources][] = [
    ...(topics.length > 0 ? [['any', topics] as [number | 'any', typeof resources]] : []),
    ...brokers.map((r): [number | 'any', typeof resources] => [Number(r.name), [r]]),
  ]
  const outcomes = new Map<string, Outcome<ConfigEntry[]>>()
  await mapLimited(parts, 8, async ([to, some]) => {
    try {
      for (const [key, outcome] of await ask(to, some)) outcomes.set(key, outcome)
    } catch (error) {
      if (isCancelled(error)) throw error
      for (const r of some)
        outcomes.set(`${r.kind === 'topic' ? 2 : 4}/${r.name}`, { ok: false, error: asSeeklineError(error) })
    }
  })
  return resources.map(({ kind, name }) => ({
    kind,
    name,
    outcome: outcomes.get(`${kind === 'topic' ? 2 : 4}/${name}`) ?? {
      ok: false,
      error: new SeeklineError('internal', `Settings of ${name}: the broker left them out of its answer.`),
    },
  }))
}
