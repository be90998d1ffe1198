import { randomBytes, randomInt } from 'node:crypto'
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { certificates, type Certificates } from './certificates.ts'
import { startChild, type Child } from './child-processes.ts'
import { classArchives, type ClassArchives } from './class-archives.ts'
import { java } from './java.ts'
import {
  brokerProperties,
  listenerNames,
  users,
  type ListenerName,
  type NodePorts,
  type Security,
} from './kafka-config.ts'
import { currentKafka, kafkaJars, type KafkaJars, type KafkaVersion } from './kafka-jars.ts'
import { createTools, type KafkaTools } from './kafka-tools.ts'
import { writeLogging } from './kafka-logging.ts'
import { freePorts } from './ports.ts'
import { seenCluster } from './seen-cluster.ts'
import { run } from './run-program.ts'
import { onToolServer } from './tool-server.ts'

export interface KafkaOptions {
  version?: KafkaVersion
  nodes?: 1 | 3
  /** Switches on SASL listeners, TLS listeners, the authorizer; `true` is all of them. 4.x only. */
  security?: Security | true
  /** Added last to every node's server.properties, so they override all others. */
  properties?: Record<string, string>
  /** The host that client listeners advertise instead of 127.0.0.1, to test addresses that do not answer. */
  advertisedHost?: string
  /** Keeps data between runs and stops gracefully; without it the data is temporary. */
  dataDir?: string
  /** Ports to use again, from an earlier run with the same `dataDir`. */
  ports?: NodePorts[]
  heapMb?: number
  /** With the JIT compilers of a production broker: for benchmarks. */
  isMeasured?: boolean
  /** JVM options that make the class archives, instead of those that use them. */
  archiving?: ClassArchives
}

export interface RunningKafka {
  version: KafkaVersion
  clusterId: string
  /** The plaintext listener's addresses, comma-separated; unauthenticated clients are superusers there. */
  bootstrap: string
  /** The addresses per listener, comma-separated; only requested listeners. */
  listeners: Partial<Record<ListenerName, string>>
  /** Present if TLS was requested. */
  certificates?: Certificates
  users: typeof users
  tools: KafkaTools
  jars: KafkaJars
  ports: NodePorts[]
  /** Temporary (or given) folder: node-<i>/data, node-<i>/server.log. */
  dir: string
  /** Ends broker `i` (ids count from 1) with SIGKILL. */
  killNode(i: number): Promise<void>
  /** Starts it again on the same ports and waits until it has joined. */
  startNode(i: number): Promise<void>
  pid(i: number): number
  stop(): Promise<void>
}

/** Starts a real Kafka (KRaft) on free loopback ports and waits until every node serves clients. */
// oxlint-disable-next-line max-lines-per-function -- the order in which a cluster starts, read from top to bottom
export async function startKafka(options: KafkaOptions = {}): Promise<RunningKafka> {
  const version = options.version ?? currentKafka
  const nodes = options.nodes ?? 1
  const security: Security = options.security === true ? { sasl: true, tls: true, acl: true } : (options.security ?? {})
  const [jars, javaCommand, certs] = await Promise.all([
    kafkaJars(version),
    java(),
    security.tls ? certificates() : Promise.resolve(undefined),
  ])
  const archives = options.archiving ?? (await classArchives(version, archiveClasses))
  const dir = options.dataDir ?? (await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-kafka-')))
  await fs.mkdir(dir, { recursive: true })
  const listening = listenerNames(security)
  const ports = options.ports ?? (await choosePorts(nodes, listening.length + 2))
  const logging = await writeLogging(dir, version)
  const heap = options.heapMb ?? (nodes === 1 ? 512 : 400)
  const clusterId = await clusterIdOf(dir)
  const children: (Child | undefined)[] = []

  const folder = (i: number) => path.join(dir, `node-${i}`)
  const logFile = (i: number) => path.join(folder(i), 'server.log')
  const jvm = [
    `-Xmx${heap}m`,
    '-Xms64m',
    '-XX:+UseSerialGC',
    // Most brokers live for a minute: the second compiler takes a third of their processor time and never pays off.
    ...(options.isMeasured === true ? [] : ['-XX:TieredStopAtLevel=1']),
    `-Djava.io.tmpdir=${dir}`,
    ...archives.broker,
    ...logging.broker,
  ]

  const format = async (i: number) => {
    await fs.mkdir(folder(i), { recursive: true })
    const file = path.join(folder(i), 'server.properties')
    const text = brokerProperties({
      version,
      node: i,
      ports,
      dataDir: path.join(folder(i), 'data'),
      listeners: listening,
      security,
      ...(certs ? { certificates: certs } : {}),
      advertisedHost: options.advertisedHost ?? '127.0.0.1',
      extra: options.properties ?? {},
    })
    await fs.writeFile(file, text, { mode: 0o600 })
    if (
      await fs.access(path.join(folder(i), 'data', 'meta.properties')).then(
        () => true,
        () => false,
      )
    )
      return
    const scram = security.sasl
      ? Object.values(users).flatMap((user) =>
          ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((kind) => [
            '--add-scram',
            `${kind}=[name=${user.username},password=${user.password}]`,
          ]),
        )
      : []
    const args = ['format', '-t', clusterId, '-c', file, ...scram]
    const result =
      (await onToolServer(version, STORAGE_TOOL, args)) ??
      (await run(javaCommand, [
        '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...archives.tool, ...logging.tool,
        '-cp', jars.classpath, STORAGE_TOOL, ...args,
      ])) // oxfmt-ignore
    if (result.code !== 0) throw new Error(`Kafka's storage could not be formatted: ${result.stdout}${result.stderr}`)
  }

  const launch = async (i: number) => {
    children[i] = startChild(
      javaCommand,
      [...jvm, '-cp', jars.classpath, 'kafka.Kafka', path.join(folder(i), 'server.properties')],
      { logFile: logFile(i) },
    )
  }

  const ids = Array.from({ length: nodes }, (_, index) => index + 1)
  const addresses = (name: ListenerName) =>
    ports.map((node) => `${options.advertisedHost ?? '127.0.0.1'}:${node[name]}`).join(',')
  const bootstrap = ports.map((node) => `127.0.0.1:${node.plaintext}`).join(',')

  const stop = async () => {
    // Temporary data needs no orderly shutdown, which takes seconds.
    const grace = options.archiving ? 60_000 : options.dataDir ? 15_000 : 0
    await Promise.all(children.map(async (child) => child?.stop(grace)))
    if (!options.dataDir) await fs.rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }

  try {
    await Promise.all(ids.map(format))
    await Promise.all(ids.map(launch))
    await ready(ports, ids, children, logFile)
  } catch (error) {
    await stop()
    throw error
  }

  const tools = createTools({ jars, java: javaCommand, bootstrap, logging, archive: archives.tool, dir })
  const listeners: Partial<Record<ListenerName, string>> = {}
  for (const name of listening) listeners[name] = addresses(name)
  // Alice may read what has her name as a prefix, so that a test can see a refusal and a success side by side.
  if (security.acl) await tools.acls('--add', '--allow-principal', 'User:alice', '--operation', 'Read', '--operation', 'Describe',
    '--topic', 'alice', '--group', 'alice', '--resource-pattern-type', 'prefixed') // oxfmt-ignore

  return {
    version,
    clusterId,
    bootstrap,
    listeners,
    ...(certs ? { certificates: certs } : {}),
    users,
    tools,
    jars,
    ports,
    dir,
    async killNode(i) {
      await children[i]?.stop(0)
    },
    async startNode(i) {
      await launch(i)
      await ready(ports, ids, children, logFile)
    },
    pid: (i) => children[i]?.pid ?? -1,
    stop,
  }
}

/** A broker and a tool do some work, and write their classes to the archives when they end. */
async function archiveClasses(archiving: ClassArchives): Promise<void> {
  const kafka = await startKafka({ archiving })
  try {
    await kafka.tools.describeGroup('*')
  } finally {
    await kafka.stop()
  }
}

async function choosePorts(nodes: number, each: number): Promise<NodePorts[]> {
  const all = await freePorts(nodes * each)
  return Array.from({ length: nodes }, (_, index) => {
    const mine = all.slice(index * each, (index + 1) * each)
    const [controller = 0, internal = 0, plaintext = 0, saslPlaintext, ssl, saslSsl, sslWrongHost] = mine
    return { controller, internal, plaintext, ...definedPorts({ saslPlaintext, ssl, saslSsl, sslWrongHost }) }
  })
}

function definedPorts(ports: Record<string, number | undefined>): Partial<NodePorts> {
  return Object.fromEntries(Object.entries(ports).filter(([, port]) => port !== undefined))
}

/** Kafka's ids are 16 bytes in base64url, without a leading dash (the storage tool would take it for an option). */
async function clusterIdOf(dir: string): Promise<string> {
  const file = path.join(dir, 'cluster-id')
  const known = await fs.readFile(file, 'utf8').catch(() => '')
  if (known) return known
  const bytes = randomBytes(16)
  bytes.writeUInt8(randomInt(0x60), 0)
  const id = bytes.toString('base64url')
  await fs.writeFile(file, id)
  return id
}

const STORAGE_TOOL = 'kafka.tools.StorageTool'

/** Three nodes take 2 s on an idle machine, and have taken more than a minute on a busy one. */
const READY_MS = 170_000

/**
 * Ready means: every running node is registered and in sync again, according to each node itself. A node that came back and is still
 * behind does not count for `min.insync.replicas`: if the next one ended as well, nothing could be written for a while.
 */
async function ready(
  ports: NodePorts[],
  ids: number[],
  children: (Child | undefined)[],
  logFile: (i: number) => string,
): Promise<void> {
  const deadline = Date.now() + READY_MS
  const alive = ids.filter((i) => children[i]?.running)
  await Promise.all(
    alive.map(async (i) => {
      for (;;) {
        if (!children[i]?.running) throw new Error(`Kafka node ${i} ended at once:\n${await tail(logFile(i))}`)
        const seen = await seenCluster(ports[i - 1]!.plaintext) // nodes are numbered from 1, and each has its ports
        const lacking = alive.filter((id) => !seen?.brokers.includes(id))
        const behind = alive.filter((id) =>
          seen?.partitions.some(({ replicas, inSync }) => replicas.includes(id) && !inSync.includes(id)),
        )
        if (lacking.length === 0 && behind.length === 0) return
        if (Date.now() > deadline) {
          const saw =
            seen === null
              ? 'does not answer'
              : `sees no node ${lacking.join(', ')}, and ${behind.join(', ')} not in sync`
          const load = os.loadavg().map((one) => one.toFixed(1))
          throw new Error(
            `Kafka node ${i} ${saw} after ${READY_MS / 1_000} s (load ${load.join(' ')}):\n${await tail(logFile(i))}`,
          )
        }
        await sleep(100)
      }
    }),
  )
}

async function tail(file: string): Promise<string> {
  const text = await fs.readFile(file, 'utf8').catch(() => '')
  return text.split('\n').slice(-25).join('\n')
}
