import { defineApi, type Throttled } from './api.ts'
import { readGroupHead, type DescribedGroupHead } from './described-group.ts'
import { toldOperations, type Operation } from './operations.ts'
import { MalformedResponse, type Reader } from './reader.ts'

export interface StreamsGroupDescribeRequest {
  groups: readonly string[]
  /** Also say what these credentials may do with each group. */
  includeRights?: boolean
}

/** Partitions of the topics that a subtopology reads. */
export interface SubtopologyTasks {
  subtopologyId: string
  partitions: number[]
}

/** A member's tasks, current or intended. Standby and warm-up tasks read changelogs only. */
export interface StreamsAssignment {
  active: SubtopologyTasks[]
  standby: SubtopologyTasks[]
  warmUp: SubtopologyTasks[]
}

export interface Subtopology {
  id: string
  sourceTopics: string[]
  /** Internal topics between subtopologies: read like source topics, and written for others. */
  repartitionSources: string[]
  repartitionSinks: string[]
  /** Internal topics of its state stores. */
  changelogs: string[]
}

export interface StreamsMember {
  memberId: string
  memberEpoch: number
  instanceId: string | null
  clientId: string
  host: string
  rackId: string | null
  topologyEpoch: number
  /** The process that it belongs to; a process may have several members. */
  processId: string
  assignment: StreamsAssignment
  target: StreamsAssignment
  /** It still uses the classic protocol. */
  isClassic: boolean
}

export interface StreamsGroup extends DescribedGroupHead {
  /** null: not initialised, or its source topics are missing or have the wrong number of partitions. */
  topology: { epoch: number; subtopologies: Subtopology[] } | null
  members: StreamsMember[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
  /** The assignor for the next assignment (KIP-1357); null: brokers before 4.4 do not tell. */
  assignor: string | null
}

export interface StreamsGroupDescribeResponse extends Throttled {
  groups: StreamsGroup[]
}

/**
 * KIP-1071: Kafka Streams applications whose tasks the broker assigns. v1 (Kafka 4.4) tells the assignor. It can also tell the
 * whole topology (KIP-1331), but that needs a plugin in the brokers and nothing here shows it, so it is not requested.
 */
export const streamsGroupDescribe = defineApi<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>(
  'StreamsGroupDescribe',
  {
    flexibleFrom: 0,
    encode(w, request, version) {
      w.array(request.groups, (group) => w.string(group)).boolean(request.includeRights ?? false)
      if (version >= 1) w.boolean(false)
      w.tags()
    },
    *decode(r, version) {
      const throttleTimeMs = r.int32()
      const groups = yield* r.arrayInSteps(function* (): Generator<undefined, StreamsGroup> {
        const head = readGroupHead(r)
        const topology = nullable(r, () => readTopology(r))
        const members = yield* r.arrayInSteps(() => readMember(r))
        const rights = toldOperations(r.int32())
        if (version >= 1) readNoDescription(r)
        const assignor = version >= 1 ? r.nullableString() : null
        r.tags()
        return { ...head, topology, members, rights, assignor }
      })
      r.tags()
      return { throttleTimeMs, groups }
    },
  },
)

/** The topology's description was not requested, so it is absent, with a status that says so. */
function readNoDescription(r: Reader): void {
  if (r.int8() >= 0) throw new MalformedResponse('a description of the topology, which was not asked for')
  r.int8()
}

/** A nullable structure: a byte below 0 means null. */
function nullable<T>(r: Reader, read: () => T): T | null {
  return r.int8() < 0 ? null : read()
}

function readTopology(r: Reader): StreamsGroup['topology'] {
  const epoch = r.int32()
  const subtopologies = r.nullableArray((): Subtopology => {
    const head = {
      id: r.string(),
      sourceTopics: r.array(() => r.string()),
      repartitionSinks: r.array(() => r.string()),
    }
    const one = { ...head, changelogs: readInternalTopics(r), repartitionSources: readInternalTopics(r) }
    r.tags()
    return one
  })
  r.tags()
  return subtopologies === null ? null : { epoch, subtopologies }
}

function readInternalTopics(r: Reader): string[] {
  return r.array(() => {
    const name = r.string()
    r.int32()
    r.int16()
    readPairs(r)
    r.tags()
    return name
  })
}

function readMember(r: Reader): StreamsMember {
  const head = {
    memberId: r.string(),
    memberEpoch: r.int32(),
    instanceId: r.nullableString(),
    rackId: r.nullableString(),
  }
  const client = { clientId: r.string(), host: r.string() }
  const of = { topologyEpoch: r.int32(), processId: r.string() }
  nullable(r, () => {
    r.string() // host and port for interactive queries
    r.int16()
    r.tags()
  })
  readPairs(r)
  readTaskOffsets(r)
  readTaskOffsets(r)
  const tasks = { assignment: readAssignment(r), target: readAssignment(r), isClassic: r.boolean() }
  r.tags()
  return { ...head, ...client, ...of, ...tasks }
}

function readPairs(r: Reader): void {
  r.array(() => {
    r.string()
    r.string()
    r.tags()
    return null
  })
}

function readTaskOffsets(r: Reader): void {
  r.array(() => {
    r.string()
    r.int32()
    r.int64()
    r.tags()
    return null
  })
}

function readAssignment(r: Reader): StreamsAssignment {
  const assignment = { active: readTasks(r), standby: readTasks(r), warmUp: readTasks(r) }
  r.tags()
  return assignment
}

function readTasks(r: Reader): SubtopologyTasks[] {
  return r.array(() => {
    const tasks = { subtopologyId: r.string(), partitions: r.int32s() }
    r.tags()
    return tasks
  })
}
