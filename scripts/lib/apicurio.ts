import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child-processes.ts'
import { withFileLock } from './file-lock.ts'
import { java, javaAtLeast } from './java.ts'
import { fetchedOnce } from './maven.ts'
import { cachePath } from './paths.ts'
import { freePorts } from './ports.ts'
import { run } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** 2.6 is widely used and runs on Java 17; 3.3 needs Java 21 and supports more of Confluent's API. */
export type ApicurioVersion = '2.6.13.Final' | '3.3.3'

export interface RunningApicurio {
  version: ApicurioVersion
  /** The base address of its own API and Confluent's. */
  url: string
  /** Confluent's API. */
  ccompat: string
  stop(): Promise<void>
}

/** null: no installed Java is new enough for this version. */
export async function startApicurio(version: ApicurioVersion): Promise<RunningApicurio | null> {
  const command = version.startsWith('2.') ? await java() : await javaAtLeast(21)
  if (command === undefined) return null
  const jar = await apicurioJar(version)
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-apicurio-'))
  const [port, management] = await freePorts(2)
  const logFile = path.join(dir, 'registry.log')
  const child = startChild(
    command,
    ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Djava.io.tmpdir=${dir}`, '-jar', jar],
    {
      logFile,
      cwd: dir,
      env: {
        QUARKUS_HTTP_HOST: '127.0.0.1',
        QUARKUS_HTTP_PORT: String(port),
        QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
        QUARKUS_MANAGEMENT_PORT: String(management),
        // In 3.x permanent deletion must be allowed explicitly.
        APICURIO_REST_DELETION_ARTIFACT_ENABLED: 'true',
        APICURIO_REST_DELETION_ARTIFACTVERSION_ENABLED: 'true',
        APICURIO_REST_DELETION_GROUP_ENABLED: 'true',
      },
    },
  )
  const url = `http://127.0.0.1:${port}`
  const ccompat = `${url}/apis/ccompat/v7`
  const stop = async (): Promise<void> => {
    await child.stop(0)
    await fs.rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  const deadline = Date.now() + 240_000
  while (!(await answersJson(`${ccompat}/subjects`))) {
    if (!child.running || Date.now() > deadline) {
      const log = await fs.readFile(logFile, 'utf8').catch(() => '')
      await stop()
      throw new SetupError(`Apicurio ${version} did not start:\n${log.slice(-3_000)}`)
    }
    await sleep(100)
  }
  return { version, url, ccompat, stop }
}

async function answersJson(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    return answer.ok && Array.isArray(await answer.json())
  } catch {
    return false
  }
}

/** Downloads its archive through Maven and unpacks it into the cache, once. */
async function apicurioJar(version: ApicurioVersion): Promise<string> {
  const name = `apicurio-${version}`
  await fetchedOnce(name, `Apicurio Registry ${version}`, [`io.apicurio:apicurio-registry-app:${version}:all:tar.gz`])
  const folder = cachePath(name, 'app')
  return await withFileLock(cachePath(`${name}.lock`), async () => {
    if ((await findJar(folder)) === undefined) {
      await fs.mkdir(folder, { recursive: true })
      const archive = cachePath(name, 'libs', `apicurio-registry-app-${version}-all.tar.gz`)
      const { code, stderr } = await run('tar', ['-xzf', archive, '-C', folder])
      if (code !== 0) throw new SetupError(`Apicurio's archive could not be unpacked: ${stderr}`)
    }
    const jar = await findJar(folder)
    if (jar === undefined) throw new SetupError(`Apicurio's archive holds no program to start.`)
    return jar
  })
}

/** 2.x: one jar beside its libraries; 3.x: Quarkus' own runner, with or without a folder. */
async function findJar(folder: string): Promise<string | undefined> {
  const files = await fs.readdir(folder, { recursive: true }).catch(() => [])
  const found = files.find((file) => /(^|[/\\])(quarkus-run|apicurio-registry-app-.*-runner)\.jar$/.test(file))
  return found === undefined ? undefined : path.join(folder, found)
}
