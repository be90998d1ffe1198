import fs from 'node:fs/promises'
import path from 'node:path'
import { withFileLock } from './file-lock.ts'
import { cachePath } from './paths.ts'
import { answers, run } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/**
 * Downloads artifacts through Maven into a folder of the cache, once, and returns its class path. `wanted`: group:artifact:version;
 * with :classifier (which may be empty) the artifact without its dependencies, and with :type after that a file other than a jar.
 */
export async function fetchedOnce(
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
      'Maven was not found; it fetches what tests and demo start. Install it (Debian and Ubuntu: apt install maven; macOS: brew install maven).',
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
    const [group, artifact, version, classifier, type = 'jar'] = one.split(':')
    // Kafka's test jars name the whole build as dependencies, and an archive contains all that it needs.
    const alone =
      classifier === undefined
        ? ''
        : `${classifier && `<classifier>${classifier}</classifier>`}<type>${type}</type><exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>`
    return `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${alone}</dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>seekline</groupId>
  <artifactId>fetched</artifactId>
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
