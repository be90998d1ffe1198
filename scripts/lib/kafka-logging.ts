import fs from 'node:fs/promises'
import path from 'node:path'
import type { KafkaVersion } from './kafka-jars.ts'

/** JVM options that choose how much a program logs (all of it to stderr). */
export interface KafkaLogging {
  broker: string[]
  tool: string[]
  /** Also the clients' info lines: they say when a consumer has been assigned its partitions. */
  consumer: string[]
}

/** Kafka 4 logs through log4j 2, Kafka 3 through reload4j (log4j 1); each finds its configuration its own way. */
export async function writeLogging(dir: string, version: KafkaVersion): Promise<KafkaLogging> {
  const old = version.startsWith('3.')
  const write = async (name: string, root: string, clients: string): Promise<string[]> => {
    const file = path.join(dir, `${name}-logging.${old ? 'properties' : 'xml'}`)
    await fs.writeFile(file, old ? log4j1(root, clients) : log4j2(root, clients))
    return [old ? `-Dlog4j.configuration=file:${file}` : `-Dlog4j2.configurationFile=${file}`]
  }
  const [broker, tool, consumer] = await Promise.all([
    write('broker', 'INFO', 'WARN'),
    write('tool', 'ERROR', 'ERROR'),
    write('consumer', 'WARN', 'INFO'),
  ])
  return { broker, tool, consumer }
}

function log4j1(root: string, clients: string): string {
  return `log4j.rootLogger=${root}, stderr
log4j.appender.stderr=org.apache.log4j.ConsoleAppender
log4j.appender.stderr.target=System.err
log4j.appender.stderr.layout=org.apache.log4j.PatternLayout
log4j.appender.stderr.layout.ConversionPattern=[%d] %p %m (%c)%n
log4j.logger.org.apache.kafka.clients=${clients}
log4j.logger.org.apache.kafka.common=${root === 'INFO' ? 'WARN' : root}
`
}

function log4j2(root: string, clients: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR">
  <Appenders>
    <Console name="stderr" target="SYSTEM_ERR" follow="true"><PatternLayout pattern="[%d] %p %m (%c)%n"/></Console>
  </Appenders>
  <Loggers>
    <Logger name="org.apache.kafka.clients" level="${clients}"/>
    <Logger name="org.apache.kafka.common" level="${root === 'INFO' ? 'WARN' : root}"/>
    <Root level="${root}"><AppenderRef ref="stderr"/></Root>
  </Loggers>
</Configuration>
`
}
