import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { secondKafka } from '../support/lent.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce } from '../support/tools.ts'

// An address map, or a tunnel, that leads to another cluster: both have the topic, and a broker 1 (KIP-1242, Kafka 4.4).

let wrong: Awaited<ReturnType<typeof secondKafka>>
let app: TestApp
const topic = uniqueName('misrouted')

beforeAll(async () => {
  ;[wrong, app] = await Promise.all([secondKafka(), startApp()])
  const { bootstrap, tools } = await sharedKafka()
  for (const [cluster, at, value] of [
    [tools, bootstrap, 'right'],
    [wrong.tools, wrong.bootstrap, 'wrong'],
  ] as const) {
    // oxfmt-ignore
    await cluster.createTopic(topic, 1)
    await kcatProduce(at, { topic, partition: 0, input: value })
  }
})
afterAll(async () => {
  await app?.close()
})

it('asks nothing of a broker of another cluster, and says which address leads there', async () => {
  const { bootstrap } = await sharedKafka()
  const port = bootstrap.slice(bootstrap.lastIndexOf(':') + 1)
  // The name that is asked first is not the one that the cluster advertises, so only that one is mapped.
  const addressMap = [{ from: bootstrap, to: wrong.bootstrap }]
  await expect(app.connect(`localhost:${port}`, { profile: { addressMap } })).rejects.toMatchObject({
    code: 'connect.advertised',
    message: `${bootstrap} is not broker 1 of this cluster.`,
    hint: expect.stringContaining('address map'),
  })
  const straight = await app.connect(`localhost:${port}`)
  const values: string[] = []
  await app.openStream(
    'messages.browse',
    { connectionId: straight, topic, start: { at: 'log-start' } },
    { onBatch: ({ preview }) => void values.push(Buffer.from(preview).toString()) },
  )
  expect(values).toEqual(['right'])
})
