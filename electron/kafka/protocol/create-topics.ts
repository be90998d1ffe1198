import { defineApi, type Throttled } from './api.ts'
import { NO_UUID } from './reader.ts'

export interface NewTopic {
  topic: string
  /** −1: the broker's default. */
  partitions: number
  /** −1: the broker's default. */
  replicationFactor: number
  configs: readonly { name: string; value: string | null }[]
}

export interface CreateTopicsRequest {
  topics: readonly NewTopic[]
  timeoutMs: number
  /** Only check whether it could be done. */
  validateOnly: boolean
}

export interface CreatedTopic {
  topic: string
  topicId: string | null
  errorCode: number
  errorMessage: string | null
  partitions: number
  replicationFactor: number
}

export interface CreateTopicsResponse extends Throttled {
  topics: CreatedTopic[]
}

/** KIP-464 (defaults), KIP-525 (v5), KIP-516 (topic id, v7). */
export const createTopicsApi = defineApi<CreateTopicsRequest, CreateTopicsResponse>('CreateTopics', {
  flexibleFrom: 5,
  encode(w, request) {
    w.array(request.topics, (topic) => {
      w.string(topic.topic).int32(topic.partitions).int16(topic.replicationFactor)
      w.array([], () => undefined)
      w.array(topic.configs, (config) => w.string(config.name).nullableString(config.value).tags()).tags()
    })
    w.int32(request.timeoutMs).boolean(request.validateOnly).tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const topics = r.array((): CreatedTopic => {
      const topic = r.string()
      const topicId = version >= 7 ? r.uuid() : NO_UUID
      const error = { errorCode: r.int16(), errorMessage: r.nullableString() }
      const shape = { partitions: r.int32(), replicationFactor: r.int16() }
      r.array(() => {
        r.string()
        r.nullableString()
        r.boolean()
        r.int8()
        r.boolean()
        r.tags()
      })
      r.tags()
      return { topic, topicId: topicId === NO_UUID ? null : topicId, ...error, ...shape }
    })
    r.tags()
    return { throttleTimeMs, topics }
  },
})
