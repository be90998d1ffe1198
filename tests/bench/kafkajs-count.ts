// node tests/bench/kafkajs-count.ts <bootstrap> <topic> <records> <words>: prints how many of so many records hold the words. A program
// of a few lines, as one writes it with the client that Seekline has for its sockets; in a process of its own, for in ours that client is mended.
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
  // Its disconnect() may wait for ever in a long poll.
  process.exit(0)
}

main(process.argv.slice(2)).catch(exitWith)
