import path from 'node:path'
import { answers } from './run.ts'
import { SetupError } from './setup-error.ts'

const install =
  'Install a Java runtime, 17 or newer (Debian and Ubuntu: apt install default-jre-headless; macOS: brew install openjdk).'

let checked: Promise<string> | undefined

/** The Java to start Kafka with: JAVA_HOME's, else the one on the PATH; checked once to be 17 or newer. */
export async function java(): Promise<string> {
  await javaVersion()
  return command('java')
}

/** Of that Java, "17.0.15". */
export function javaVersion(): Promise<string> {
  return (checked ??= check())
}

/** keytool lies beside java. */
export async function keytool(): Promise<string> {
  await java()
  return command('keytool')
}

function command(name: string): string {
  const home = process.env.JAVA_HOME
  return home ? path.join(home, 'bin', name) : name
}

async function check(): Promise<string> {
  const result = await answers(command('java'), ['-version'])
  if (!result) throw new SetupError(`Java was not found. ${install}`)
  const version = /version "(?:1\.)?([\w.+-]+)/.exec(result.stderr + result.stdout)?.[1] ?? ''
  if (!(Number.parseInt(version) >= 17))
    throw new SetupError(`Kafka needs Java 17 or newer, this is ${version}. ${install}`)
  return version
}
