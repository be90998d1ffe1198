/** Details that every error may have, whatever its code: how a request ended, and what it was about. */
interface CommonDetails {
  broker?: string
  nodeId?: number
  /** The step of connecting to a broker or a registry that failed. */
  step?: string
  errno?: string | null
  /** A request was sent, or may have been: whether it was carried out is not known. */
  sent?: boolean
  api?: string
  timeoutMs?: number
  kafkaCode?: number
  kafkaName?: string
  /** The missing rights, as Kafka names them. */
  needs?: unknown
  topic?: string
  partition?: number
  /** How many partitions the topic has. */
  partitions?: number
  group?: string
  /** Where a range of a log began, where reading it would go on, and where it ended. */
  from?: bigint
  offset?: bigint
  next?: bigint
  endOffset?: bigint
  path?: string
  /** A replay ended before its first record was sent. */
  nothingCopied?: boolean
}

interface RegistryDetails {
  url?: string
  status?: number
  registryCode?: number
  /** How long it waited, in seconds. */
  seconds?: number
}

/** Details that only errors of one code have. */
interface OwnDetails {
  'call.invalid': {
    places?: unknown
    here?: string
    there?: string
    bytes?: number
    limit?: number
    /**
     * For an invalid filter: the index of the character, how many characters are wrong, and which of several filters (`path`).
     */
    at?: number
    length?: number
  }
  'access.unconfirmed': { held?: { what: string; why: string }[] }
  'access.read-only': { apiKey?: number | null }
  'connect.secret': { needs?: readonly object[]; profileId?: string; what?: string }
  'connect.advertised': {
    addresses?: readonly { nodeId: number; address: string; code?: string; message: string }[]
    clusterId?: string | null
  }
  'kafka.group-unknown': { noGroupsYet?: true }
  'kafka.group-live': { members?: readonly { memberId: string; clientId: string; host: string }[] }
  'kafka.no-leader': { down?: readonly number[] }
  'kafka.throttled': { milliseconds?: number }
  'kafka.unsupported': { apiKey?: number; offered?: object | null; wanted?: { min: number; max: number } }
  'profile.invalid': { field?: string }
  'profile.several': { clusters?: readonly { id: string; name: string; brokers: string[]; security: string }[] }
  'worker.crashed': { reason?: string; displaced?: boolean }
  'registry.unreachable': RegistryDetails
  'registry.unauthorised': RegistryDetails
  'registry.unknown': RegistryDetails
  'registry.unsupported': RegistryDetails
  'registry.refused': RegistryDetails
  'registry.invalid': RegistryDetails
  'registry.too-large': RegistryDetails
  'registry.schema': RegistryDetails
}

/** The details an error of this code may have. A field that it does not have does not compile. */
type DetailsOf<C extends string> = CommonDetails & (C extends keyof OwnDetails ? OwnDetails[C] : unknown)

declare const given: unique symbol
/** Details taken from an existing error: they are passed on as they are, with fields added or removed. */
interface Given {
  readonly [given]: true
}

export type GivenDetails = Record<string, unknown> & Given
export type DetailsInput<C extends string> = DetailsOf<C> | Given
