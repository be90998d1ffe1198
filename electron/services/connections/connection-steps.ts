import type { TestReport, TestStep } from '#shared/contract/connections.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { Profile } from '#shared/model/profile.ts'
import { formatAddress } from '#shared/model/addresses.ts'
import type { ClusterInfo, ConnectStep } from '../../kafka/cluster.ts'
import type { Told, TopicRights } from '../../kafka/rights.ts'

export interface ToldRights {
  cluster: Told
  topics: TopicRights
}

/** The steps of one attempt to connect, each with its duration, as a report for the user. */
export class ConnectionSteps {
  readonly #profile: Profile
  /** By broker; null stands for the cluster as a whole. */
  readonly #times = new Map<string | null, Map<ConnectStep, number>>()
  #last = performance.now()

  constructor(profile: Profile) {
    this.#profile = profile
  }

  passed(step: ConnectStep, broker: string | null, milliseconds: number): void {
    this.#last = performance.now()
    const times = this.#times.get(broker) ?? new Map<ConnectStep, number>()
    this.#times.set(broker, times.set(step, milliseconds))
  }

  /** `rights`: as the brokers report them, for some of the topics. */
  connected(info: ClusterInfo, topics: number, rights: ToldRights = { cluster: null, topics: new Map() }): TestReport {
    const broker = this.#reached()
    const readable = readableOf(rights.topics)
    const { unreachable } = info
    const steps = stepsFor(this.#profile).filter((step) => step !== 'advertised' || unreachable.length === 0)
    return {
      steps: [
        ...steps.map((step) =>
          step === 'authorisation'
            ? { ...this.#row(step, broker), message: rightsText(topics, readable, rights.cluster) }
            : this.#row(step, broker),
        ),
        ...unreachable.map(({ address, error }): TestStep => {
          const milliseconds = this.#time('advertised', broker) ?? 0
          return { step: 'advertised', broker: address, status: 'failed', message: error.message, milliseconds }
        }),
      ],
      error: null,
      clusterId: info.clusterId,
      kafkaVersion: info.release,
      advertised: info.brokers.map(formatAddress),
      topics,
      readable,
    }
  }

  failed(thrown: unknown): TestReport {
    const error = toErrorValue(thrown)
    const { code, message, details } = error
    const broker = typeof details?.['broker'] === 'string' ? details['broker'] : this.#reached()
    const steps = stepsFor(this.#profile)
    // A step that the profile leaves out (such as TLS) may be what the broker expects: the next step then fails.
    const failed = steps.find((step) => order.indexOf(step) >= order.indexOf(stepOf(code)))
    const milliseconds = performance.now() - this.#last
    return {
      steps: steps.map((step) =>
        step === failed
          ? { step, broker: this.#named(broker), status: 'failed', message, milliseconds }
          : this.#row(step, broker),
      ),
      error,
      clusterId: null,
      kafkaVersion: null,
      advertised: advertisedIn(details),
      topics: null,
      readable: null,
    }
  }

  #row(step: ConnectStep, broker: string | null): TestStep {
    const time = this.#time(step, broker)
    const [status, message] = time === null ? (['skipped', 'Not tried.'] as const) : (['ok', okText[step]] as const)
    return { step, broker: this.#named(broker), status, message, milliseconds: time ?? 0 }
  }

  #time(step: ConnectStep, broker: string | null): number | null {
    return this.#times.get(broker)?.get(step) ?? this.#times.get(null)?.get(step) ?? null
  }

  #named(broker: string | null): string {
    return broker ?? this.#profile.brokers.join(', ')
  }

  /** The broker that accepted the sign-in first; null: none did. */
  #reached(): string | null {
    for (const [broker, times] of this.#times) if (times.has('versions')) return broker
    return null
  }
}

const order: readonly ConnectStep[] = ['name', 'tcp', 'tls', 'versions', 'sasl', 'authorisation', 'advertised']

const okText: Record<ConnectStep, string> = {
  name: 'The name is known.',
  tcp: 'The port answers.',
  tls: 'The TLS handshake succeeded.',
  sasl: 'The sign-in was accepted.',
  versions: 'It is Kafka, in a version that Seekline supports.',
  authorisation: 'What these rights show was asked for.',
  advertised: 'The brokers’ advertised addresses answer.',
}

/** A successful sign-in grants no rights: any user may list topics, and sees those he may describe. */
function rightsText(topics: number, readable: TestReport['readable'], onCluster: Told): string {
  const cluster = onCluster === null ? '' : ` On the cluster itself: ${onCluster.join(', ')}.`
  const shown =
    topics === 0
      ? 'These rights show no topic: the cluster has none, or Describe on them is missing.'
      : `${topics.toLocaleString('en')} ${topics === 1 ? 'topic is' : 'topics are'} shown.`
  return `${shown}${readText(topics, readable)}${cluster}`
}

function readText(topics: number, readable: TestReport['readable']): string {
  if (readable === null) return ''
  const of = readable.of < topics ? `the first ${readable.of} of them` : readable.of === 1 ? 'it' : 'them'
  if (readable.topics === 0) return ` Read is missing on ${readable.of === 1 ? of : `all of ${of}`}.`
  if (readable.topics === readable.of) return ` Read is allowed on ${of}.`
  return ` Read is allowed on ${readable.topics} of ${of}.`
}

function readableOf(told: TopicRights): TestReport['readable'] {
  const known = [...told.values()].filter((one) => one !== null)
  const topics = known.filter((one) => one.includes('Read')).length
  return known.length === 0 ? null : { of: known.length, topics }
}

function stepsFor(profile: Profile): ConnectStep[] {
  const without: ConnectStep[] = []
  if (!profile.tls.enabled) without.push('tls')
  if (profile.sasl.mechanism === 'none') without.push('sasl')
  return order.filter((step) => !without.includes(step))
}

function stepOf(code: string): ConnectStep {
  switch (code) {
    case 'connect.name':
      return 'name'
    case 'connect.tls':
      return 'tls'
    case 'connect.sasl':
    case 'connect.secret':
      return 'sasl'
    case 'connect.versions':
      return 'versions'
    case 'connect.authorisation':
    case 'kafka.unauthorised':
      return 'authorisation'
    case 'connect.advertised':
      return 'advertised'
    default:
      return 'tcp'
  }
}

function advertisedIn(details: Record<string, unknown> | undefined): string[] {
  const addresses = details?.['addresses']
  if (!Array.isArray(addresses)) return []
  return addresses.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'address' in one && typeof one.address === 'string' ? [one.address] : [],
  )
}
