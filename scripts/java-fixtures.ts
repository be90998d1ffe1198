// npm run java-fixtures: lets Kafka's own Java classes write the data that the decoders' tests read, into
// electron/kafka/decode/fixtures. It needs a whole JDK, 17 or newer; the results are committed, so tests need no compiler.
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

/** The output of a program of scripts/java. */
async function told(program: string, classpath: string): Promise<string> {
  const source = path.join(repoRoot, 'scripts', 'java', `${program}.java`)
  const { code, stdout, stderr } = await run(await java(), ['-Dfile.encoding=UTF-8', '-cp', classpath, source])
  if (code !== 0) throw new Error(`${program}.java ended with ${code}:\n${stderr}`)
  return stdout
}
