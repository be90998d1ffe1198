import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { java } from './java.ts'
import { cachePath } from './paths.ts'
import { answers, run } from './run.ts'
import { SetupError } from './setup-error.ts'

/** The current Kafka: demo and tests run on it. */
export const currentKafka = '4.4.0'

/** 4.3.0 is the one before; 3.3.2 the oldest that we speak to (KRaft became production-ready with it). */
export type KafkaVersion = typeof currentKafka | '4.3.0' | '3.3.2'

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
  // Kafka's own archive adds the logging back end, its Maven artifacts leave it out: without one a broker is mute.
  const logging = version.startsWith('3.')
    ? 'org.slf4j:slf4j-reload4j:1.7.36'
    : 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'
  const wanted = [`org.apache.kafka:kafka_2.13:${version}`, `org.apache.kafka:kafka-tools:${version}`, logging]
  return { version, classpath: await fetchedOnce(`kafka-${version}`, `Kafka ${version}`, wanted, say) }
}

/**
 * Kafka's own stand-in for an object store, which keeps remote segments in a folder (KIP-405). It comes with Kafka's tests.
 * For `remote.log.storage.manager.class.path`.
 */
export async function tieredStorageJars(version: KafkaVersion): Promise<string> {
  const wanted = ['kafka-storage', 'kafka-clients'].map((name) => `org.apache.kafka:${name}:${version}:test`)
  return await fetchedOnce(`kafka-${version}-tiered-storage`, `Kafka ${version}'s tiered storage for tests`, wanted)
}

/** Kafka Streams alone, for what its serialisers write: what it depends on beside Kafka's clients is large. */
export async function streamsJars(): Promise<string> {
  return await fetchedOnce(`kafka-${currentKafka}-streams`, 'Kafka Streams', [
    `org.apache.kafka:kafka-streams:${currentKafka}:`,
  ])
}

/** `wanted`: group:artifact:version, with :classifier (none is an empty one) for jars that are taken without what they depend on. */
async function fetchedOnce(
  name: string,
  what: string,
  wanted: readonly string[],
  say: (line: string) => void = () => undefined,
): Promise<string> {
  const folder = cachePath(name)
  const complete = path.join(folder, 'complete')
  const classpath = path.join(folder, 'libs', '*')
  if (await exists(complete)) return classpath
  await withFileLock(cachePath(`${name}.lock`), async () => {
    if (await exists(complete)) return
    say(`Fetching ${what} through Maven, once.`)
    await fetchJars(what, wanted, folder)
    await fs.writeFile(complete, '')
  })
  return classpath
}

async function fetchJars(what: string, wanted: readonly string[], folder: string): Promise<void> {
  const maven = process.platform === 'win32' ? 'mvn.cmd' : 'mvn'
  if (!(await answers(maven))) {
    throw new SetupError(
      'Maven was not found; it fetches Kafka. Install it (Debian and Ubuntu: apt install maven; macOS: brew install maven).',
    )
  }
  await fs.mkdir(folder, { recursive: true })
  await fs.writeFile(path.join(folder, 'pom.xml'), pom(wanted))
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
    throw new SetupError(`Maven could not fetch ${what}: check the network and Maven's settings. ${reason}`.trim())
  }
}

function pom(wanted: readonly string[]): string {
  const dependencies = wanted.map((one) => {
    const [group, artifact, version, classifier] = one.split(':')
    // Kafka's test jars name the whole of its build as what they need.
    const alone =
      classifier === undefined
        ? ''
        : `${classifier && `<classifier>${classifier}</classifier>`}<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>`
    return `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${alone}</dependency>`
  })
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
