import { inject } from 'vitest'
import { madeArchives } from '../../scripts/lib/class-archives.ts'
import { java } from '../../scripts/lib/java.ts'
import { currentKafka, kafkaJars } from '../../scripts/lib/kafka-jars.ts'
import { writeLogging } from '../../scripts/lib/kafka-logging.ts'
import { createTools, type KafkaTools } from '../../scripts/lib/kafka-tools.ts'

/** The shared node of this run, with Kafka's own tools for it. */
export async function sharedKafka(): Promise<{ bootstrap: string; dir: string; tools: KafkaTools }> {
  const { bootstrap, dir } = inject('kafka')
  return { bootstrap, dir, tools: await toolsFor({ bootstrap, dir }) }
}

/** Kafka's own tools for a cluster that the global set-up started in another process. */
export async function toolsFor({ bootstrap, dir }: { bootstrap: string; dir: string }): Promise<KafkaTools> {
  const [jars, command, logging, archives] = await Promise.all([
    kafkaJars(currentKafka),
    java(),
    writeLogging(dir, currentKafka),
    madeArchives(currentKafka),
  ])
  return createTools({ jars, java: command, bootstrap, logging, archive: archives.tool, dir })
}

let count = 0

/** A name that no other test uses, readable in a failure. */
export function uniqueName(stem: string): string {
  count += 1
  return `${stem}-${process.pid}-${Date.now().toString(36)}-${count}`
}
