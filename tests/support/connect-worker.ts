import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { startChild } from '../../scripts/lib/child-processes.ts'
import { java } from '../../scripts/lib/java.ts'
import { connectKafka, connectorJars, kafkaJars } from '../../scripts/lib/kafka-jars.ts'
import { writeLogging } from '../../scripts/lib/kafka-logging.ts'

export interface ConnectSink {
  name: string
  topic: string
  /** The file into which it writes each record's value, one per line. */
  file: string
}

/** Kafka's own Connect worker in standalone mode, with one sink connector of one task. */
export async function startConnectSink(bootstrap: string, folder: string, { name, topic, file }: ConnectSink) {
  const [jars, more, command, logging] = await Promise.all([kafkaJars(connectKafka), connectorJars(), java(), writeLogging(folder, connectKafka)]) // oxfmt-ignore
  const converter = 'org.apache.kafka.connect.storage.StringConverter'
  const worker = await properties(folder, 'worker', {
    'bootstrap.servers': bootstrap,
    'key.converter': converter,
    'value.converter': converter,
    'offset.storage.file.filename': path.join(folder, 'offsets'),
    'offset.flush.interval.ms': '500',
    // Searching all jars for plugins takes longer than everything else.
    'plugin.discovery': 'service_load',
    listeners: 'http://127.0.0.1:0',
  })
  const sink = await properties(folder, 'sink', {
    name,
    'connector.class': 'org.apache.kafka.connect.file.FileStreamSinkConnector',
    'tasks.max': '1',
    topics: topic,
    file,
  })
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${jars.classpath}:${more}`]
  const main = 'org.apache.kafka.connect.cli.ConnectStandalone'
  const child = startChild(command, [...logging.consumer, ...jvm, main, worker, sink], { logFile: path.join(folder, 'connect.log') }) // oxfmt-ignore
  return { stop: () => child.stop(10_000) }
}

async function properties(folder: string, name: string, all: Record<string, string>): Promise<string> {
  const file = path.join(folder, `${name}.properties`)
  await writeFile(file, Object.entries(all).map(([key, value]) => `${key}=${value}\n`).join('')) // oxfmt-ignore
  return file
}
