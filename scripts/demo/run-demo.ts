import { buildIfStale } from '../lib/build-app.ts'
import { withFileLock } from '../lib/file-lock.ts'
import type { RunningKafka } from '../lib/kafka-cluster.ts'
import { currentKafka, kafkaJars } from '../lib/kafka-jars.ts'
import { askedToEnd, openApp } from '../lib/open-app.ts'
import { cachePath } from '../lib/paths.ts'
import { connectWire } from '../lib/wire-client.ts'
import { fillOnce, startClusters } from './clusters.ts'
import { keepOrdering, openTransaction } from './fill.ts'
import { saveProfiles } from './profiles.ts'

/** Runs until Ctrl-C or until the app is closed, then ends everything that it started. Returns the exit code. */
export async function runDemo(
  options: { noOpen: boolean; port?: string },
  say: (line: string) => void,
): Promise<number> {
  const folder = cachePath('demo')
  return withFileLock(
    `${folder}.lock`,
    async () => {
      const end = askedToEnd()
      const endings: (() => Promise<unknown>)[] = []
      try {
        const ready = prepare(folder, endings, say)
        // Ctrl-C during the first minute of setting up must work too.
        const clusters = await Promise.race([ready, end])
        if (!clusters) return 0
        const app = await openApp({ ...options, home: clusters.home }, say)
        endings.push(() => app.stop())
        const groups = startGroups(clusters.demo, endings)
        groups.then(
          () => say('The live groups order-analytics and fraud-check have joined.'),
          (error: unknown) => say(`The live groups could not be started: ${String(error)}`),
        )
        const ended = await Promise.race([app.exited, end])
        return ended?.code ?? 0
      } finally {
        say('Ending the demo.')
        // Newest first: the app closes its connections before the brokers end.
        for (const stop of endings.toReversed()) await stop().catch((error: unknown) => say(String(error)))
      }
    },
    0,
    'The demo is running already; end it with Ctrl-C before starting another.',
  )
}

async function prepare(folder: string, endings: (() => Promise<unknown>)[], say: (line: string) => void) {
  const began = performance.now()
  await kafkaJars(currentKafka, say)
  say('Starting Kafka 4.4: the demo cluster and a small one to replay into.')
  const [clusters] = await Promise.all([startClusters(folder, endings), buildIfStale(say)])
  const client = await connectWire(clusters.demo.bootstrap)
  endings.push(async () => client.close())
  await fillOnce(folder, clusters, client, say)
  await openTransaction(client, Date.now())
  const stop = keepOrdering(client, 100_000 + (Math.floor(Date.now() / 1000) % 900_000))
  endings.push(async () => stop())
  await saveProfiles(clusters)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  say(`Ready after ${seconds} s. Demo cluster: ${clusters.demo.bootstrap}, target: ${clusters.target.bootstrap}.`)
  return clusters
}

/** Groups with members, of both protocols. They take seconds to join, so the app does not wait for them. */
async function startGroups({ tools }: RunningKafka, endings: (() => Promise<unknown>)[]): Promise<void> {
  const start = async (topic: string, group: string, protocol: 'consumer' | 'classic') => {
    const consumer = await tools.liveConsumer(topic, group, protocol)
    endings.push(() => consumer.stop())
  }
  await Promise.all([start('orders', 'order-analytics', 'consumer'), start('payments', 'fraud-check', 'classic')])
}
