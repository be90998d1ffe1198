import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { Held } from '../model/profile-caution.ts'
import { ConnectionId, ProfileId } from '../model/ids.ts'
import { AccessMode, Environment, Profile, ProfileColour } from '../model/profile.ts'
import { saslFieldNames } from '../model/sasl/mechanisms.ts'
import { SecretsInput } from '../model/secrets.ts'
import { SecretName } from '../model/secret-names.ts'
import { Agreed, Confirm, Empty, Failure, OnConnection } from './common.ts'
import { extentOf } from './extent.ts'
import { route, stream } from './define.ts'

export const ProfileEntry = z.strictObject({
  profile: Profile,
  /** Which secrets are stored, by name; the values never leave the main process. */
  stored: z.array(SecretName),
  /** The same for its schema registry. */
  registryStored: z.array(SecretName),
  /** Choices that deserve a warning, such as PLAIN without TLS. */
  warnings: z.array(z.string()),
})
export type ProfileEntry = z.infer<typeof ProfileEntry>

export const ConnectionStatus = z.enum(['connecting', 'connected', 'reconnecting', 'failed', 'closed'])

export const ConnectionState = z.strictObject({
  connectionId: ConnectionId,
  profileId: ProfileId,
  name: z.string(),
  environment: Environment,
  colour: ProfileColour,
  accessMode: AccessMode,
  status: ConnectionStatus,
  /** Why it is not connected. */
  reason: ErrorValue.nullable(),
  attempt: z.number().int(),
  /** When the next attempt starts, ms since 1970; null when none is planned. */
  nextAttemptAt: z.bigint().nullable(),
  clusterId: z.string().nullable(),
  brokers: z.number().int().nullable(),
  /** Best guess, for example "4.3"; brokers do not announce it. */
  kafkaVersion: z.string().nullable(),
  /** MB/s; null = none. */
  readLimit: z.number().nullable(),
})
export type ConnectionState = z.infer<typeof ConnectionState>

export const TestStep = z.strictObject({
  step: z.enum(['name', 'tcp', 'tls', 'sasl', 'versions', 'authorisation', 'advertised']),
  broker: z.string(),
  status: z.enum(['ok', 'failed', 'skipped']),
  message: z.string(),
  milliseconds: z.number(),
})
export type TestStep = z.infer<typeof TestStep>

export const TestReport = z.strictObject({
  steps: z.array(TestStep),
  error: ErrorValue.nullable(),
  clusterId: z.string().nullable(),
  kafkaVersion: z.string().nullable(),
  /** What the cluster advertises, as host:port. */
  advertised: z.array(z.string()),
  /** How many topics these credentials may describe; null where no cluster was reached. */
  topics: z.number().int().nullable(),
  /**
   * How many of the topics asked about (the first 100 of them) these credentials may read; null: the broker does not
   * say.
   */
  readable: z.strictObject({ of: z.number().int(), topics: z.number().int() }).nullable(),
})
export type TestReport = z.infer<typeof TestReport>

export const BrokerRow = z.strictObject({
  id: z.number().int(),
  host: z.string(),
  port: z.number().int(),
  rack: z.string().nullable(),
  controller: z.boolean(),
})

/** The load of one broker, as far as these credentials may see it. */
export const BrokerLoad = z.strictObject({
  id: z.number().int(),
  /** Partitions it leads: all their reads and writes go to it. */
  leads: z.number().int(),
  replicas: z.number().int(),
  /** How many of its replicas are not in sync with their leaders. */
  behind: z.number().int(),
  /** Bytes of all its replicas; null where log directories may not be described. */
  size: z.bigint().nullable(),
  /**
   * Bytes of the disks of its log directories, and how much of that is free; null: the broker does not say (before
   * Kafka 3.3).
   */
  disk: z.strictObject({ total: z.bigint(), usable: z.bigint() }).nullable(),
})
export type BrokerLoad = z.infer<typeof BrokerLoad>

export const profiles = {
  'profiles.list': route({
    input: Empty,
    output: z.strictObject({
      items: z.array(ProfileEntry),
      /** Files that could not be read and were moved aside, one sentence each. */
      damaged: z.array(z.string()),
    }),
    extent: ({ items, damaged }) => extentOf(items.length, damaged),
    effect: 'read',
  }),
  /**
   * Creates (unknown id) or replaces. Raising the access mode of an existing profile needs its name in `confirm`, and so
   * does a new one that starts with more than is usual for its brokers. `seen`: false where no form showed the profile, as in
   * a shell: then less verification, no read limit or an address map need the name too.
   */
  'profiles.save': route({
    input: z.strictObject({
      profile: Profile,
      secrets: SecretsInput.default({}),
      /** Of the profile's schema registry, which is another endpoint than its brokers. */
      registrySecrets: SecretsInput.default({}),
      confirm: Confirm,
      seen: z.boolean().default(true),
    }),
    output: ProfileEntry.extend({
      /** Secrets it needs that will be missing after the next start: not given, or kept for this run only. */
      notKept: z.array(SecretName),
      registryNotKept: z.array(SecretName),
    }),
    extent: ({ notKept, registryNotKept }) => (notKept.length + registryNotKept.length === 0 ? 'all' : 'partly'),
    effect: 'local',
  }),
  'profiles.duplicate': route({ input: z.strictObject({ id: ProfileId }), output: ProfileEntry, effect: 'local' }),
  'profiles.delete': route({ input: z.strictObject({ id: ProfileId }), output: Empty, effect: 'local' }),
  /**
   * Reads settings, in any of the forms they commonly have, into a draft; stores nothing. If the text holds the
   * settings of several clusters it throws `profile.several`, with their names in the details, until `cluster` names
   * one. What the text asks for beyond what a new profile may start with is in `held`, and not in the profile.
   */
  'profiles.import': route({
    input: z.strictObject({ text: z.string().max(262_144), cluster: z.string().max(1_000).optional() }),
    output: z.strictObject({
      profile: Profile,
      /** Values of a sign-in whose mechanism the text does not name: the form starts with them. */
      signIn: z.partialRecord(z.enum(saslFieldNames), z.string()),
      secrets: SecretsInput,
      registrySecrets: SecretsInput,
      understood: z.array(z.string()),
      ignored: z.array(z.strictObject({ key: z.string(), why: z.string() })),
      held: z.array(Held),
    }),
    effect: 'read',
  }),
}

export const connections = {
  'connections.list': route({
    input: Empty,
    output: z.strictObject({ items: z.array(ConnectionState) }),
    effect: 'read',
  }),
  /**
   * Opens a profile, or answers with what is open already. Secrets given here are kept for this run only, unless `remember`.
   * `agreed`: each `agreement` of a `connect.secret` error that somebody said yes to.
   */
  'connections.open': route({
    input: z.strictObject({
      profileId: ProfileId,
      secrets: SecretsInput.default({}),
      remember: z.boolean().default(false),
      agreed: Agreed,
    }),
    output: ConnectionState,
    effect: 'local',
  }),
  'connections.close': route({ input: OnConnection, output: Empty, effect: 'local' }),
  /** Tries each step without opening anything for use. */
  'connections.test': route({
    input: z.strictObject({ profile: Profile, secrets: SecretsInput.default({}), agreed: Agreed }),
    output: TestReport,
    extent: ({ error }) => (error === null ? 'all' : 'none'),
    effect: 'read',
  }),
  /** Every connection's state: first all of them, then each change. */
  'connections.watch': stream({
    input: Empty,
    batch: z.array(ConnectionState),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
  'connections.setReadLimit': route({
    input: z.strictObject({ connectionId: ConnectionId, readLimit: z.number().min(0.1).max(10_000).nullable() }),
    output: ConnectionState,
    effect: 'local',
  }),
  /** Closes every socket so that the next use connects again: after the computer slept, or on request. */
  'connections.reconnect': route({ input: OnConnection, output: ConnectionState, effect: 'local' }),
  /** The network is back, as the page was told by its system: every open connection gets new sockets at once. */
  'connections.networkChanged': route({ input: Empty, output: Empty, effect: 'local' }),
  'connections.describe': route({
    input: OnConnection,
    output: z.strictObject({
      clusterId: z.string().nullable(),
      kafkaVersion: z.string().nullable(),
      brokers: z.array(BrokerRow),
      /** Features the app would use and these brokers do not have, one sentence each. */
      lacks: z.array(z.string()),
      /** Requests sent so far by API name, as the gate counted them. */
      sent: z.array(z.strictObject({ api: z.string(), count: z.number().int(), effect: z.enum(['read', 'write']) })),
    }),
    effect: 'read',
  }),
  /**
   * How the cluster's partitions are spread over its brokers. Asks each broker for its log directories, so it should
   * not be polled often.
   */
  'connections.load': route({
    input: OnConnection,
    output: z.strictObject({
      brokers: z.array(BrokerLoad),
      topics: z.number().int(),
      partitions: z.number().int(),
      /** Partitions with fewer in-sync replicas than replicas. */
      underReplicated: z.number().int(),
      leaderless: z.number().int(),
      failures: z.array(Failure),
    }),
    extent: ({ brokers, failures }) => extentOf(brokers.length, failures),
    effect: 'read',
  }),
}
