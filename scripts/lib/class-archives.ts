import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { javaVersion } from './java.ts'
import { currentKafka, type KafkaVersion } from './kafka-jars.ts'
import { cachePath } from './paths.ts'

/** JVM options. */
export interface ClassArchives {
  broker: string[]
  tool: string[]
}

const none: ClassArchives = { broker: [], tool: [] }
const names = ['broker', 'tool'] as const
type Name = (typeof names)[number]

/**
 * Loaded classes of Kafka's broker and of its tools, kept in files that the JVM maps (JEP 350): a broker then takes about 40 %
 * less processor time to start, a tool about 45 %, and a test run starts dozens of brokers and hundreds of tools. They are made once
 * for each Java, by `make`, and only for the current Kafka, since older ones are started once or twice. A JVM that cannot use its
 * archive runs without it, so nothing depends on them.
 */
export async function classArchives(
  version: KafkaVersion,
  make: (archiving: ClassArchives) => Promise<void>,
): Promise<ClassArchives> {
  if (version !== currentKafka) return none
  const folder = await folderOf(version)
  const tried = path.join(folder, 'tried')
  if (!(await exists(tried))) {
    await withFileLock(`${folder}.lock`, async () => {
      if (await exists(tried)) return
      await fs.mkdir(folder, { recursive: true })
      const unfinished = (name: Name): string => path.join(folder, `${name}.new`)
      const archiving = (name: Name): string[] => [`-XX:ArchiveClassesAtExit=${unfinished(name)}`]
      await make({ broker: archiving('broker'), tool: archiving('tool') })
      for (const name of names) await fs.rename(unfinished(name), archive(folder, name)).catch(() => undefined)
      await fs.writeFile(tried, '')
    })
  }
  return madeArchives(version)
}

/** The archives that exist. */
export async function madeArchives(version: KafkaVersion): Promise<ClassArchives> {
  const folder = await folderOf(version)
  const using = async (name: Name): Promise<string[]> => {
    const file = archive(folder, name)
    // Otherwise warnings about missing classes would be printed on stdout, where the tools' answers are.
    return (await exists(file)) ? [`-XX:SharedArchiveFile=${file}`, '-Xshare:auto', '-Xlog:disable'] : []
  }
  return { broker: await using('broker'), tool: await using('tool') }
}

async function folderOf(version: KafkaVersion): Promise<string> {
  return cachePath(`kafka-${version}-classes-java-${await javaVersion()}`)
}

const archive = (folder: string, name: Name): string => path.join(folder, `${name}.jsa`)

function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  )
}
