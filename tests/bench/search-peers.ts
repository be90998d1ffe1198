import { spawn } from 'node:child_process'
import { Kafka, logLevel } from 'kafkajs'

/** A pipe of a shell whose last word is a count, as one types it to look through a topic. */
export async function shellCount(command: string): Promise<{ ms: number; count: number }> {
  const start = performance.now()
  const printed = await new Promise<string>((resolve, reject) => {
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 900_000 })
    let text = ''
    child.stdout.on('data', (more: Buffer) => (text += more.toString()))
    child.on('error', reject)
    // `grep -c` that counts nothing ends with 1.
    child.on('close', (code) => (code === 0 || text.trim() === '0' ? resolve(text) : reject(new Error(`${command} ended with ${code}`)))) // prettier-ignore
  })
  return { ms: performance.now() - start, count: Number(printed.trim()) }
}

/** A program of a few lines, as one writes it with the client that Seekline itself has for its sockets. */
export async function kafkajsCount(
  bootstrap: string,
  topic: string,
  records: number,
  words: string,
): Promise<{ ms: number; count: number }> {
  const start = performance.now()
  const kafka = new Kafka({ clientId: 'bench', brokers: [bootstrap], logLevel: logLevel.ERROR })
  const consumer = kafka.consumer({
    groupId: `bench-${process.pid}-${Math.round(start)}`,
    maxBytesPerPartition: 1 << 20,
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  let count = 0
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    const eachBatch = ({ batch }: { batch: { messages: { value: Buffer | null }[] } }): Promise<void> => {
      for (const { value } of batch.messages) if (value?.includes(words) === true) count += 1
      seen += batch.messages.length
      if (seen >= records) resolve()
      return Promise.resolve()
    }
    consumer.run({ autoCommit: false, eachBatch }).catch(reject)
  })
  await consumer.disconnect()
  return { ms: performance.now() - start, count }
}
