import fs from 'node:fs/promises'
import path from 'node:path'
import { answers } from './run-program.ts'
import { SetupError } from './setup-error.ts'

const install =
  'Install a Java runtime, 17 or newer (Debian and Ubuntu: apt install default-jre-headless; macOS: brew install openjdk).'

let checked: Promise<string> | undefined

/** The Java to start Kafka with: JAVA_HOME's, otherwise the one on the PATH; checked once to be 17 or newer. */
export async function java(): Promise<string> {
  await javaVersion()
  return command('java')
}

/** The version of that Java, such as "17.0.15". */
export function javaVersion(): Promise<string> {
  return (checked ??= check())
}

/** keytool is beside java. */
export async function keytool(): Promise<string> {
  await java()
  return command('keytool')
}

function command(name: string): string {
  const home = process.env.JAVA_HOME
  return home ? path.join(home, 'bin', name) : name
}

async function check(): Promise<string> {
  const version = await versionOf(command('java'))
  if (version === undefined) throw new SetupError(`Java was not found. ${install}`)
  if (!(Number.parseInt(version) >= 17))
    throw new SetupError(`Kafka needs Java 17 or newer, this is ${version}. ${install}`)
  return version
}

/**
 * A Java of at least this version, if a laptop has several: JAVA_HOME's, the one on the PATH, then those in the system's usual
 * folders. undefined: there is none.
 */
export async function javaAtLeast(wanted: number): Promise<string | undefined> {
  const folders = await Promise.all(usualFolders.map((folder) => homesIn(folder)))
  const candidates = [command('java'), 'java', ...folders.flat().map((home) => path.join(home, 'bin', 'java'))]
  for (const candidate of new Set(candidates)) {
    if (Number.parseInt((await versionOf(candidate)) ?? '0') >= wanted) return candidate
  }
  return undefined
}

const usualFolders = ['/usr/lib/jvm', '/opt', '/Library/Java/JavaVirtualMachines', 'C:\\Program Files\\Java']

/** Newest first, by their names; on a Mac each is in its own bundle. */
async function homesIn(folder: string): Promise<string[]> {
  const names = await fs.readdir(folder).catch(() => [])
  const homes = names.filter((name) => /java|jdk|jre|temurin|zulu|corretto|graal/i.test(name))
  const inner = process.platform === 'darwin' ? ['Contents', 'Home'] : []
  return homes
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((name) => path.join(folder, name, ...inner))
}

/** undefined: there is none. */
async function versionOf(candidate: string): Promise<string | undefined> {
  const result = await answers(candidate, ['-version'])
  return result === undefined
    ? undefined
    : (/version "(?:1\.)?([\w.+-]+)/.exec(result.stderr + result.stdout)?.[1] ?? '')
}
