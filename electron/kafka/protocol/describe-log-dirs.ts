import { defineApi, type Throttled } from './api.ts'

export interface DescribeLogDirsRequest {
  /** null: every partition on the broker. */
  topics: readonly { topic: string; partitions: readonly number[] }[] | null
}

export interface LogDir {
  errorCode: number
  path: string
  topics: {
    topic: string
    partitions: {
      partition: number
      /** Bytes on disk. */
      size: bigint
      offsetLag: bigint
      /** A replica that is being moved between directories. */
      future: boolean
    }[]
  }[]
  /** Bytes; −1: not told (before v4). */
  totalBytes: bigint
  usableBytes: bigint
}

export interface DescribeLogDirsResponse extends Throttled {
  /** From v3, e.g. CLUSTER_AUTHORIZATION_FAILED. An older broker answers with no directories instead. */
  errorCode: number
  dirs: LogDir[]
}

/** KIP-113, KIP-827. A broker answers only for itself. */
export const describeLogDirs = defineApi<DescribeLogDirsRequest, DescribeLogDirsResponse>('DescribeLogDirs', {
  flexibleFrom: 2,
  encode(w, request) {
    w.array(request.topics, (topic) => w.string(topic.topic).int32s(topic.partitions).tags()).tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const errorCode = version >= 3 ? r.int16() : 0
    const dirs = yield* r.arrayInSteps(function* (): Generator<undefined, LogDir> {
      const head = { errorCode: r.int16(), path: r.string() }
      const topics = yield* r.arrayInSteps(function* () {
        const topic = r.string()
        const partitions = yield* r.arrayInSteps(() => {
          const partition = { partition: r.int32(), size: r.int64(), offsetLag: r.int64(), future: r.boolean() }
          r.tags()
          return partition
        })
        r.tags()
        return { topic, partitions }
      })
      const totalBytes = version >= 4 ? r.int64() : -1n
      const usableBytes = version >= 4 ? r.int64() : -1n
      if (version >= 5) r.boolean()
      r.tags()
      return { ...head, topics, totalBytes, usableBytes }
    })
    r.tags()
    return { throttleTimeMs, errorCode, dirs }
  },
})
