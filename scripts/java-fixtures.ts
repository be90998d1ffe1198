// npm run java-fixtures: has Kafka's own Java classes write what the decoders' tests read, into electron/kafka/decode/fixtures.
// The results are committed, so that tests need no compiler: this needs a whole JDK, 17 or newer.
import fs from 'node:fs/promises'
import path from 'node:path'
import { java } from './lib/java.ts'
import { currentKafka, kafkaJars, streamsJars } from './lib/kafka-jars.ts'
import { repoRoot } from './lib/paths.ts'
import { run } from './lib/run-program.ts'
import { exitWith } from './lib/setup-error.ts'

await main().catch(exitWith)

async function main(): Promise<void> {
  const { classpath } = await kafkaJars(currentKafka)
  const folder = path.join(repoRoot, 'electron', 'kafka', 'decode', 'fixtures')
  await fs.mkdir(folder, { recursive: true })
  await fs.writeFile(path.join(folder, 'internal-records.ndjson'), await told('InternalRecords', classpath))
  const withStreams = [classpath, await streamsJars()].join(path.delimiter)
  await fs.writeFile(path.join(folder, 'serializers.tsv'), await told('Serializers', withStreams))
}

/** What a program of scripts/java prints. */
async function told(program: string, classpath: string): Promise<string> {
  const source = path.join(repoRoot, 'scripts', 'java', `${program}.java`)
  const { code, stdout, stderr } = await run(await java(), ['-Dfile.encoding=UTF-8', '-cp', classpath, source])
  if (code !== 0) throw new Error(`${program}.java ended with ${code}:\n${stderr}`)
  return stdout
}
