import path from 'node:path'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { startApp } from '../support/app.ts'
import { startKafka } from '../support/kafka.ts'
import { dumpedBatches } from '../support/own-batches.ts'

/*
 * Replays old records with their timestamps kept, ends the target's broker with SIGKILL midway, starts it again, and asks
 * Kafka's DumpLogSegments whether anything is in the target's log twice or missing. A new topic for every kill.
 *
 *   node tests/bench/kills.ts [--kills N] [--records N] [--partitions N]
 */

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1] ?? fallback)
}
const kills = option('kills', 30)
const records = option('records', 300_000)
const partitions = option('partitions', 3)
const BATCH = 417
const DAY = 86_400_000n

async function main(): Promise<void> {
  const [from, to] = await Promise.all([startKafka(), startKafka()])
  const app = await startApp()
  let bad = 0
  let looked = 0
  try {
    await fill(from.bootstrap)
    const source = await app.connect(from.bootstrap, { name: 'Source', profile: { readLimit: 15 } })
    const target = await app.connect(to.bootstrap, { name: 'Target' })
    for (let n = 1; n <= kills; n++) {
      const name = `copy-${n}`
      const configs = [{ name: 'retention.ms', value: '-1' }]
      const targetTopic = { create: true as const, name, partitions, replicationFactor: 1, configs }
      const plan = await app.call('replay.plan', {
        source,
        target,
        topic: 'old',
        range: { by: 'places', from: { at: 'log-start' } },
        targetTopic,
      })
      const at = BigInt(Math.round(records * (0.05 + (0.85 * n) / kills)))
      let restarted: Promise<void> | undefined
      let killedAt = 0n
      const started = performance.now()
      const receipt = await app.openStream(
        'replay.run',
        { source, target, plan },
        {
          onProgress: ({ copied }) => {
            if (copied < at || restarted !== undefined) return
            killedAt = copied
            restarted = to.killNode(1).then(() => to.startNode(1))
          },
        },
      )
      await restarted
      const folder = (p: number) => path.join(to.dir, 'node-1', 'data', `${name}-${p}`)
      const dumps = []
      for (let p = 0; p < partitions; p++) dumps.push(await dumpedBatches(to.tools, folder(p)))
      const twice = dumps.flatMap((one) => one.twice)
      const found = dumps.reduce((sum, one) => sum + one.records, 0)
      const isGood = twice.length === 0 && found === records && receipt.outcome === 'complete'
      if (!isGood) bad += 1
      if (killedAt > 0n && killedAt < BigInt(records)) looked += 1
      const seconds = ((performance.now() - started) / 1_000).toFixed(1)
      console.log(`${isGood ? 'good' : 'BAD '} kill ${n} at ${killedAt} of ${records}: ${found} records, ${twice.length} batches twice, ${receipt.outcome}, ${seconds} s`) // oxfmt-ignore
      if (!isGood) console.log(receipt.summary, twice.slice(0, 3))
    }
    console.log(`${kills - bad} of ${kills} good; ${looked} killed midway`)
    if (bad > 0) process.exitCode = 1
  } finally {
    await app.close()
    await Promise.all([from.stop(), to.stop()])
  }
}

async function fill(bootstrap: string): Promise<void> {
  const wire = await connectWire(bootstrap)
  await wire.createTopic('old', partitions, { 'retention.ms': '-1' })
  const old = BigInt(Date.now()) - 2n * DAY
  for (let at = 0, nth = 0; at < records; at += BATCH, nth++) {
    const batch = Array.from({ length: Math.min(BATCH, records - at) }, (_, i) => ({
      timestamp: old + BigInt(at + i),
      key: null,
      value: Buffer.from(`${at + i} ${'x'.repeat(150)}`),
      headers: [],
    }))
    await wire.produce('old', nth % partitions, writeBatch(batch))
  }
  wire.close()
}

main().catch(exitWith)
