// node tests/bench/kafkajs-count.ts <bootstrap> <topic> <records> <words>: prints how many of that many records contain the words. A
// short program, as one would write it with the client whose sockets Seekline uses; in a process of its own, because ours patches it.
import { Kafka, logLevel } from 'kafkajs'
import { exitWith } from '../../scripts/lib/setup-error.ts'

async function main([bootstrap = '', topic = '', records = '', words = '']: string[]): Promise<void> {
  const kafka = new Kafka({ clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.ERROR })
  const consumer = kafka.consumer({ groupId: `bench-${process.pid}`, maxBytesPerPartition: 1 << 20 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  let count = 0
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    const eachBatch = ({ batch }: { batch: { messages: { value: Buffer | null }[] } }): Promise<void> => {
      for (const { value } of batch.messages) if (value?.includes(words) === true) count += 1
      seen += batch.messages.length
      if (seen >= Number(records)) resolve()
      return Promise.resolve()
    }
    consumer.run({ autoCommit: false, eachBatch }).catch(reject)
  })
  console.log(count)
  // Its disconnect() may wait forever in a long poll.
  process.exit(0)
}

main(process.argv.slice(2)).catch(exitWith)
