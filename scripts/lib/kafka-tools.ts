import fs from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild, type Child } from './child-processes.ts'
import { currentKafka, type KafkaJars } from './kafka-jars.ts'
import type { KafkaLogging } from './kafka-logging.ts'
import { run, type RunResult } from './run-program.ts'
import { memberOnToolServer, onToolServer, type PollingMember } from './tool-server.ts'

export interface ToolSetup {
  jars: KafkaJars
  java: string
  bootstrap: string
  logging: KafkaLogging
  /** JVM options for the tools' class archive. */
  archive: readonly string[]
  /** Where live consumers log to. */
  dir: string
}

export interface ToolOptions {
  timeoutMs?: number
  input?: string
  /** Does not throw if the tool fails: the caller checks the exit code. */
  mayFail?: boolean
}

export type KafkaTools = ReturnType<typeof createTools>

/** A position as ConsumerGroupCommand prints it; "-" is left out. */
export interface DescribedPosition {
  group: string
  topic: string
  partition: number
  position?: bigint
  end?: bigint
  lag?: bigint
  member?: string
  host?: string
  client?: string
}

/** A group's member that lives until it is stopped. */
export interface LiveConsumer extends PollingMember {
  group: string
}

/**
 * Kafka's own scripts, by class: tests check with them what we wrote. The JVM's options make it start fast (one compiler tier, the
 * serial collector, an archive of its classes), so comparisons of time favour the scripts.
 */
// oxlint-disable-next-line max-lines-per-function -- one short function per Kafka tool
export function createTools(setup: ToolSetup) {
  const { jars, java, bootstrap, logging, archive } = setup
  const old = jars.version.startsWith('3.')
  const jvm = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...archive, '-cp', jars.classpath]
  const classes = old ? classes3 : jars.version.startsWith('4.3.') ? { ...classes4, ...movedIn44 } : classes4

  const call = async (tool: ToolName, args: readonly string[], options: ToolOptions = {}): Promise<RunResult> => {
    const result =
      (inOneJvm.has(tool) ? await onToolServer(currentKafka, classes4[tool], args, options) : undefined) ??
      (await run(java, [...logging.tool, ...jvm, classes[tool], ...args], options))
    if (result.code !== 0 && !options.mayFail) {
      throw new Error(`${tool} ${args.join(' ')} failed (${result.code}):\n${result.stdout}${result.stderr}`)
    }
    return result
  }
  const at = ['--bootstrap-server', bootstrap]
  // The tool's own limit is 5 s per request, which a busy machine sometimes exceeds.
  const patience = ['--timeout', '90000']
  const groups = (...args: string[]) => call('ConsumerGroupCommand', [...at, ...args, ...patience])

  return {
    /** Any tool with any arguments; `--bootstrap-server` is not added. */
    call,
    groups,
    topics: (...args: string[]) => call('TopicCommand', [...at, ...args]),
    configs: (...args: string[]) => call('ConfigCommand', [...at, ...args]),
    acls: (...args: string[]) => call('AclCommand', [...at, ...args]),
    transactions: (...args: string[]) => call('TransactionsCommand', [...at, ...args]),

    /**
     * Creates a topic and waits until a broker itself knows it with its leaders: the broker learns of it from the controller, and until
     * then answers that there is no such topic.
     */
    async createTopic(name: string, partitions = 1, config: Record<string, string> = {}): Promise<void> {
      const settings = Object.entries(config).flatMap(([key, value]) => ['--config', `${key}=${value}`])
      await call('TopicCommand', [...at, '--create', '--topic', name, '--partitions', String(partitions), ...settings])
      const deadline = performance.now() + 60_000
      for (;;) {
        const { stdout } = await call('TopicCommand', [...at, '--describe', '--topic', name], { mayFail: true })
        if ((stdout.match(/Leader: \d+/g)?.length ?? 0) >= partitions) return
        if (performance.now() > deadline)
          throw new Error(`${name} has no leaders 60 s after it was created:\n${stdout}`)
        await sleep(20)
      }
    },

    /** `--describe --offsets` of one group (or `--all-groups`), parsed; empty for an unknown group. */
    async describeGroup(group: string): Promise<DescribedPosition[]> {
      const which = group === '*' ? ['--all-groups'] : ['--group', group]
      const result = await call('ConsumerGroupCommand', [...at, '--describe', ...which, ...patience], { mayFail: true })
      // A group that does not exist is a valid answer; a failed script would look like a group without positions.
      const said = result.stdout + result.stderr
      if (/Error|Exception/.test(said) && !/does not exist|GroupIdNotFound/.test(said))
        throw new Error(`${group}: ${said}`)
      return parsePositions(result.stdout)
    },

    /** `--describe --state`, as text: state, members, coordinator. */
    async describeGroupState(group: string): Promise<string> {
      const result = await call(
        'ConsumerGroupCommand',
        [...at, '--describe', '--state', '--group', group, ...patience],
        {
          mayFail: true,
        },
      )
      return result.stdout
    },

    /** End offsets by default; -2 is the log start, a timestamp in ms the first offset at or after it. */
    async offsets(topic: string, time: number | bigint = -1): Promise<Map<number, bigint>> {
      const { stdout } = await call('GetOffsetShell', [...at, '--topic', topic, '--time', String(time)])
      const rows = stdout.trim().split('\n').filter(Boolean)
      return new Map(
        rows.map((row) => row.split(':')).map(([, partition, offset]) => [Number(partition), BigInt(offset || -1)]),
      )
    },

    async producerPerformance(
      topic: string,
      records: number,
      size: number,
      props: Record<string, string> = {},
      /** Records per second; −1: as fast as possible. */
      throughput = -1,
    ): Promise<void> {
      const properties = Object.entries({ 'bootstrap.servers': bootstrap, ...props }).map(
        ([key, value]) => `${key}=${value}`,
      )
      await call(
        'ProducerPerformance',
        ['--topic', topic, '--num-records', String(records), '--record-size', String(size), '--throughput', String(throughput),
          '--producer-props', ...properties], // oxfmt-ignore
        { timeoutMs: 180_000 },
      )
    },

    /** Kafka's own dump of the segment files (the broker must have flushed; it reads the page cache). */
    async dumpLog(...files: string[]): Promise<string> {
      return (await call('DumpLogSegments', ['--print-data-log', '--deep-iteration', '--files', files.join(',')]))
        .stdout
    },

    /** Kafka's own consumer, of either protocol, as its console runs it. Resolves when it has joined. */
    async liveConsumer(
      topic: string,
      group: string,
      protocol: 'consumer' | 'classic' = 'consumer',
      props: Record<string, string> = {},
    ): Promise<LiveConsumer> {
      const wanted = { ...(old ? {} : { 'group.protocol': protocol }), 'auto.offset.reset': 'earliest', ...props }
      const own = { 'bootstrap.servers': bootstrap, 'group.id': group, 'client.id': 'console-consumer' }
      const member = await memberOnToolServer(jars.version, topic, { ...own, ...wanted })
      // Not spread: whether it is running must be asked each time.
      if (member !== undefined) return Object.assign(member, { group })
      const logFile = path.join(setup.dir, `consumer-${group.replaceAll(/[^\w.-]/g, '_')}-${Date.now()}.log`)
      const property = old ? '--consumer-property' : '--command-property'
      const settings = Object.entries(wanted).flatMap(([key, value]) => [property, `${key}=${value}`])
      const child = startChild(
        java,
        [...logging.consumer, ...jvm, classes.ConsoleConsumer, ...at, '--topic', topic, '--group', group, ...settings],
        { logFile },
      )
      const deadline = Date.now() + 120_000
      for (;;) {
        const log = await fs.readFile(logFile, 'latin1').catch(() => '')
        if (
          /Adding newly assigned partitions|[Ss]etting offset for partition|to the committed offset|Resetting offset/.test(
            log,
          )
        )
          break
        if (!child.running || Date.now() > deadline) {
          await child.stop(0)
          throw new Error(`The console consumer did not join ${group}:\n${log.slice(-2000)}`)
        }
        await sleep(100)
      }
      return liveProcess(group, child)
    },

    /** A share group's member that lives until stopped. Use ShareGroupCommand to see whether it has joined. */
    async liveShareConsumer(topic: string, group: string): Promise<LiveConsumer> {
      const logFile = path.join(setup.dir, `share-${group.replaceAll(/[^\w.-]/g, '_')}-${Date.now()}.log`)
      const args = [...at, '--topic', topic, '--group', group]
      const child = startChild(java, [...logging.consumer, ...jvm, classes.ConsoleShareConsumer, ...args], { logFile })
      return liveProcess(group, child)
    },
  }
}

function liveProcess(group: string, child: Child): LiveConsumer {
  return {
    group,
    get running() {
      return child.running
    },
    stop: () => child.stop(10_000),
  }
}

type ToolName = keyof typeof classes4

const classes4 = {
  ConsumerGroupCommand: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  TopicCommand: 'org.apache.kafka.tools.TopicCommand',
  ConfigCommand: 'org.apache.kafka.tools.ConfigCommand',
  AclCommand: 'org.apache.kafka.tools.AclCommand',
  GetOffsetShell: 'org.apache.kafka.tools.GetOffsetShell',
  LogDirsCommand: 'org.apache.kafka.tools.LogDirsCommand',
  ConsoleConsumer: 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  ConsoleShareConsumer: 'org.apache.kafka.tools.consumer.ConsoleShareConsumer',
  ShareGroupCommand: 'org.apache.kafka.tools.consumer.group.ShareGroupCommand',
  StreamsGroupCommand: 'org.apache.kafka.tools.streams.StreamsGroupCommand',
  ConsoleProducer: 'org.apache.kafka.tools.ConsoleProducer',
  ProducerPerformance: 'org.apache.kafka.tools.ProducerPerformance',
  DeleteRecordsCommand: 'org.apache.kafka.tools.DeleteRecordsCommand',
  DumpLogSegments: 'org.apache.kafka.tools.DumpLogSegments',
  TransactionsCommand: 'org.apache.kafka.tools.TransactionsCommand',
} as const

/**
 * Tools that keep no state between two calls: the consoles count in static fields, and a dump of a log may be very long. The current
 * Kafka's tools are used for older clusters, too, which its clients support (KIP-896): a JVM for each call took longer than the code
 * under test.
 */
const inOneJvm: ReadonlySet<ToolName> = new Set([
  'ConsumerGroupCommand',
  'TopicCommand',
  'ConfigCommand',
  'AclCommand',
  'GetOffsetShell',
  'LogDirsCommand',
  'ShareGroupCommand',
  'StreamsGroupCommand',
  'DeleteRecordsCommand',
  'TransactionsCommand',
])

/** Classes that have another name in 4.3 than in 4.4. */
const movedIn44 = { ConfigCommand: 'kafka.admin.ConfigCommand' }

const classes3: Record<ToolName, string> = {
  ConsumerGroupCommand: 'kafka.admin.ConsumerGroupCommand',
  TopicCommand: 'kafka.admin.TopicCommand',
  ConfigCommand: 'kafka.admin.ConfigCommand',
  AclCommand: 'kafka.admin.AclCommand',
  GetOffsetShell: 'kafka.tools.GetOffsetShell',
  LogDirsCommand: 'org.apache.kafka.tools.LogDirsCommand',
  ConsoleConsumer: 'kafka.tools.ConsoleConsumer',
  ConsoleShareConsumer: 'kafka.tools.ConsoleShareConsumer',
  ShareGroupCommand: 'kafka.tools.ShareGroupCommand',
  StreamsGroupCommand: 'kafka.tools.StreamsGroupCommand',
  ConsoleProducer: 'kafka.tools.ConsoleProducer',
  ProducerPerformance: 'org.apache.kafka.tools.ProducerPerformance',
  DeleteRecordsCommand: 'kafka.admin.DeleteRecordsCommand',
  DumpLogSegments: 'kafka.tools.DumpLogSegments',
  TransactionsCommand: 'org.apache.kafka.tools.TransactionsCommand',
}

/** Finds columns by the header line: their number differs between versions and group types. */
export function parsePositions(text: string): DescribedPosition[] {
  const found: DescribedPosition[] = []
  let header: string[] = []
  for (const line of text.split('\n')) {
    const cells = line.trim().split(/\s+/)
    if (cells[0] === 'GROUP') {
      header = cells
      continue
    }
    const cell = (name: string) => {
      const value = header.includes(name) ? cells[header.indexOf(name)] : undefined
      return value === undefined || value === '-' ? undefined : value
    }
    const topic = cell('TOPIC')
    const partition = cell('PARTITION')
    if (topic === undefined || partition === undefined || !/^\d+$/.test(partition)) continue
    const number = (name: string) => {
      const text = cell(name)
      return text === undefined ? undefined : BigInt(text)
    }
    const row = {
      position: number('CURRENT-OFFSET'),
      end: number('LOG-END-OFFSET'),
      lag: number('LAG'),
      member: cell('CONSUMER-ID'),
      host: cell('HOST'),
      client: cell('CLIENT-ID'),
    }
    const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
    found.push({ group: cell('GROUP') ?? '', topic, partition: Number(partition), ...present })
  }
  return found
}
