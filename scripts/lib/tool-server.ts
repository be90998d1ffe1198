import fs from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { startChild } from './child-processes.ts'
import { java } from './java.ts'
import { currentKafka, kafkaJars, type KafkaVersion } from './kafka-jars.ts'
import { writeLogging } from './kafka-logging.ts'
import { repoRoot } from './paths.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RunResult } from './run-program.ts'

/** Where the server of this run listens: passed to the processes of the tests. */
const VARIABLE = 'SEEKLINE_TEST_TOOL_SERVER'

/**
 * Keeps one JVM for Kafka's own tools while tests run (scripts/java/ToolServer.java): hundreds of calls take a fifth of the time
 * that they take with a JVM each. If it cannot be started (a Java without a compiler, a system without such sockets), every call
 * starts its own JVM.
 */
export async function startToolServer(): Promise<() => Promise<void>> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-tools-'))
  const socket = path.join(dir, 'socket')
  const logFile = path.join(dir, 'log')
  const [command, jars, logging] = await Promise.all([java(), kafkaJars(currentKafka), writeLogging(dir, currentKafka)])
  const source = path.join(repoRoot, 'scripts/java/ToolServer.java')
  const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', jars.classpath]
  const child = startChild(command, [...logging.tool, ...jvm, source, socket], { logFile })
  const log = () => fs.readFile(logFile, 'utf8').catch(() => '')
  const deadline = Date.now() + 60_000
  while (child.running && Date.now() < deadline && !(await log()).includes('ready')) await sleep(50)
  if (child.running && (await log()).includes('ready')) process.env[VARIABLE] = socket
  else
    console.warn(`Kafka's tools start a JVM each, because the one for all did not start:\n${(await log()).slice(-500)}`)
  return async () => {
    delete process.env[VARIABLE]
    await child.stop(0)
    await fs.rm(dir, { recursive: true, force: true })
  }
}

/** Like `run` of a JVM with this class; undefined: there is no server for this version. */
export function onToolServer(
  version: KafkaVersion,
  mainClass: string,
  args: readonly string[],
  { timeoutMs = 120_000, input = '' }: { timeoutMs?: number | undefined; input?: string | undefined } = {},
): Promise<RunResult> | undefined {
  const socket = process.env[VARIABLE]
  if (socket === undefined || version !== currentKafka) return undefined
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const connection = net.connect(socket, () => {
      connection.write(callOf([mainClass, input, ...args]))
    })
    const timer = setTimeout(() => {
      connection.destroy(new Error(`${mainClass} ${args.join(' ')} did not end within ${timeoutMs / 1000} s.`))
    }, timeoutMs)
    connection.on('data', (piece: Buffer) => pieces.push(piece))
    connection.on('error', reject)
    connection.on('close', () => {
      clearTimeout(timer)
      const [code, stdout, stderr] = Buffer.concat(pieces).toString('latin1').replace('\n', '').split(' ')
      if (stderr === undefined) return reject(new Error(`${mainClass} ${args.join(' ')} got no answer.`))
      resolve({ code: Number(code), stdout: decoded(stdout), stderr: decoded(stderr) })
    })
  })
}

/** A consumer on the server; it ends with the process that started it. */
export interface PollingMember {
  /** Until it is stopped, or an error ends it. */
  readonly running: boolean
  /** It leaves its group like a consumer that is closed. */
  stop(): Promise<void>
}

/**
 * Joins a group with Kafka's own consumer and these properties, and resolves once partitions are assigned to it; then it reads
 * and commits by its properties. undefined: there is no server for this version.
 */
export function memberOnToolServer(
  version: KafkaVersion,
  topic: string,
  properties: Record<string, string>,
): Promise<PollingMember> | undefined {
  const socket = process.env[VARIABLE]
  if (socket === undefined || version !== currentKafka) return undefined
  const settings = Object.entries(properties).map(([key, value]) => `${key}=${value}`)
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket, () => {
      connection.write(callOf(['member', '', topic, ...settings]))
    })
    let said = ''
    let running = true
    const closed = new Promise<void>((end) => connection.on('close', () => end()))
    const timer = setTimeout(() => connection.destroy(), JOIN_MS)
    connection.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (!said.startsWith('joined\n')) return
      clearTimeout(timer)
      resolve({
        get running() {
          return running
        },
        stop: async () => {
          connection.end()
          const insist = setTimeout(() => connection.destroy(), LEAVE_MS)
          await closed
          clearTimeout(insist)
        },
      })
    })
    connection.on('error', reject)
    connection.on('close', () => {
      running = false
      clearTimeout(timer)
      reject(new Error(`The consumer did not join ${properties['group.id'] ?? 'its group'}: ${said}`))
    })
  })
}

const JOIN_MS = 120_000
const LEAVE_MS = 60_000
/** The request line, as ToolServer.java reads it. */
const callOf = (fields: readonly string[]): string =>
  `${fields.map((field) => Buffer.from(field).toString('base64')).join(' ')}\n`
const decoded = (field = ''): string => Buffer.from(field, 'base64').toString('utf8')
