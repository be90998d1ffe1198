import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { java } from './java.ts'
import { cachePath } from './paths.ts'
import { answers, run } from './run.ts'
import { SetupError } from './setup-error.ts'

/** 4.3.0 is the current Kafka; 3.3.2 the oldest that we speak to (KRaft became production-ready with it). */
export type KafkaVersion = '4.3.0' | '3.3.2'

export interface KafkaJars {
  version: KafkaVersion
  /** For `java -cp`. */
  classpath: string
}

/** Fetches one Kafka version's jars through Maven into the cache folder; at once when they are there already. */
export async function kafkaJars(
  version: KafkaVersion,
  say: (line: string) => void = () => undefined,
): Promise<KafkaJars> {
  await java()
  const folder = cachePath(`kafka-${version}`)
  const complete = path.join(folder, 'complete')
  const jars: KafkaJars = { version, classpath: path.join(folder, 'libs', '*') }
  if (await exists(complete)) return jars
  await withFileLock(cachePath(`kafka-${version}.lock`), async () => {
    if (await exists(complete)) return
    say(`Fetching Kafka ${version} through Maven, once.`)
    await fetchJars(version, folder)
    await fs.writeFile(complete, '')
  })
  return jars
}

async function fetchJars(version: KafkaVersion, folder: string): Promise<void> {
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn'
  if (!(await answers(maven))) {
    throw new SetupError(
      'Maven was not found; it fetches Kafka. Install it (Debian and Ubuntu: apt install maven; macOS: brew install maven).',
    )
  }
  await fs.mkdir(folder, { recursive: true })
  await fs.writeFile(path.join(folder, 'pom.xml'), pom(version))
  const result = await run(
    maven,
    [
      '-q',
      '-B',
      'dependency:copy-dependencies',
      `-DoutputDirectory=${path.join(folder, 'libs')}`,
      '-DincludeScope=runtime',
    ],
    { cwd: folder, timeoutMs: 280_000 },
  )
  if (result.code !== 0) {
    const reason = (result.stdout + result.stderr).split('\n').find((line) => line.includes('[ERROR]')) ?? ''
    throw new SetupError(
      `Maven could not fetch Kafka ${version}: check the network and Maven's settings. ${reason}`.trim(),
    )
  }
}

function pom(version: KafkaVersion): string {
  // Kafka's own archive adds the logging back end, its Maven artifacts leave it out: without one a broker is mute.
  const logging = version.startsWith('3.')
    ? ['org.slf4j', 'slf4j-reload4j', '1.7.36']
    : ['org.apache.logging.log4j', 'log4j-slf4j-impl', '2.25.4']
  const wanted = [['org.apache.kafka', 'kafka_2.13', version], ['org.apache.kafka', 'kafka-tools', version], logging]
  const dependencies = wanted.map(
    ([group, artifact, number]) =>
      `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${number}</version></dependency>`,
  )
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seekline</groupId>
  <artifactId>kafka-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  )
}
