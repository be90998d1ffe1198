import type { connections } from '#shared/contract/connections.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import { brokersOf } from '#shared/model/endpoints.ts'
import { separateReferences, type SecretsInput } from '#shared/model/secrets.ts'
import type { Profile } from '#shared/model/profile.ts'
import { apiName, isReadApi, lackedBy } from '../../kafka/protocol/api-table.ts'
import { describeClusterApi } from '../../kafka/protocol/describe-cluster.ts'
import type { KafkaCluster, openCluster } from '../../kafka/cluster.ts'
import type { ConnectionSpec } from '../../kafka/client/connection-spec.ts'
import { clusterRights, topicRights } from '../../kafka/authorized-operations.ts'
import type { ProfileStore } from '../../storage/profiles.ts'
import { agreementsTyped } from '../../storage/agreements.ts'
import type { SecretStore } from '../../storage/secrets.ts'
import { brokerLoad } from './broker-load.ts'
import { ConnectionSteps } from './connection-steps.ts'
import type { ConnectionParts, OpenConnections } from './open-connections.ts'

export interface ConnectionsDependencies<P extends ConnectionParts> {
  open: OpenConnections<P>
  profiles: ProfileStore
  secrets: SecretStore
  specOf(profile: Profile, given: SecretsInput, agreed: readonly string[]): Promise<ConnectionSpec>
  openCluster: typeof openCluster
}

const sameNewsMs = 1_000

/** Opens, watches, tests and closes connections. */
// oxlint-disable-next-line max-lines-per-function -- one short method for each route of the contract
export function createConnectionsService<P extends ConnectionParts>(
  dependencies: ConnectionsDependencies<P>,
): ServiceOf<typeof connections> {
  const { open, profiles, secrets, specOf, openCluster } = dependencies
  let changedAt = -Infinity
  return {
    'connections.list': () => Promise.resolve({ items: open.list() }),

    'connections.open': async ({ profileId, secrets: typed, remember, agreed }, { signal }) => {
      const saved = await profiles.get(profileId)
      // A reference to an environment variable that was typed here is for this run, and typing it for this profile counts as
      // agreeing to it.
      const { profile, secrets: left } = separateReferences(saved, typed)
      if (Object.keys(left).length > 0) await secrets.set(brokersOf(saved), left, { remember })
      await secrets.agree(brokersOf(profile), [...agreed, ...agreementsTyped(brokersOf(profile), typed)])
      return open.open(profile, signal)
    },

    'connections.close': ({ connectionId }) => {
      open.close(connectionId)
      return Promise.resolve({})
    },

    'connections.test': async ({ profile: given, secrets: typed, agreed }, { signal }) => {
      const { profile, secrets: left } = separateReferences(given, typed)
      const steps = new ConnectionSteps(profile)
      let cluster: KafkaCluster | null = null
      try {
        const spec = await specOf(profile, left, agreed)
        cluster = await openCluster(spec, { mode: 'read-only', signal, onStep: (...step) => steps.passed(...step) })
        const asked = cluster.topics.slice(0, TOPICS_ASKED_FOR_RIGHTS).map(({ name }) => name)
        const [onCluster, onTopics] = await Promise.all([
          clusterRights(cluster, { signal }),
          topicRights(cluster, asked, { signal }),
        ])
        return steps.connected(cluster.info(), cluster.topics.size, { cluster: onCluster, topics: onTopics })
      } catch (error) {
        if (signal.aborted) throw error
        return steps.failed(error)
      } finally {
        cluster?.close()
      }
    },

    'connections.watch': async (_input, sink, { signal }) => {
      const waiting = new Map(open.list().map((state) => [state.connectionId as string, state]))
      let wake: () => void = () => undefined
      const unwatch = open.watch((state) => {
        waiting.set(state.connectionId, state)
        wake()
      })
      const onAbort = () => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        // The first frame is sent at once, even if it is empty: it says that the watch has started.
        do {
          const batch = [...waiting.values()]
          waiting.clear()
          await sink.batch(batch)
          if (waiting.size === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve))
        } while (!signal.aborted)
        return {}
      } finally {
        unwatch()
        signal.removeEventListener('abort', onAbort)
      }
    },

    'connections.setReadLimit': ({ connectionId, readLimit }) =>
      Promise.resolve(open.setReadLimit(connectionId, readLimit)),

    'connections.reconnect': ({ connectionId }) => Promise.resolve(open.reconnect(connectionId)),

    'connections.networkChanged': () => {
      // Every window reports the change, and the sockets opened for the first report must not be closed while they sign in.
      if (performance.now() - changedAt > sameNewsMs) open.networkChanged()
      changedAt = performance.now()
      return Promise.resolve({})
    },

    'connections.describe': async ({ connectionId }, { signal }) => {
      const { cluster } = open.require(connectionId)
      // Asked again if the brokers can tell (KIP-700); the index may be some seconds old.
      const now = cluster.supports(describeClusterApi)
        ? await cluster.ask('any', describeClusterApi, { includeFenced: false }, { signal })
        : null
      const info = { ...cluster.info(), ...(now?.errorCode === 0 ? now : {}) }
      return {
        clusterId: info.clusterId,
        kafkaVersion: info.release,
        brokers: info.brokers.map(({ nodeId, host, port, rack }) => ({
          id: nodeId,
          host,
          port,
          rack,
          controller: nodeId === info.controllerId,
        })),
        lacks: lackedBy(cluster.ranges()),
        sent: [...cluster.gate.sentApiKeys()]
          .map(([key, count]) => ({
            api: apiName(key),
            count,
            effect: isReadApi(key) ? ('read' as const) : ('write' as const),
          }))
          .sort((a, b) => b.count - a.count),
      }
    },

    'connections.load': async ({ connectionId }, { signal }) => {
      const { cluster } = open.require(connectionId)
      await cluster.refresh({ signal })
      return brokerLoad(cluster, signal)
    },
  }
}

/** The broker checks each operation on each of these topics. */
const TOPICS_ASKED_FOR_RIGHTS = 100
