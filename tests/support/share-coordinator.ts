import type { KafkaApi, Throttled } from '../../electron/kafka/protocol/api.ts'

/* The requests between brokers about a share group's records (KIP-932). A cluster without ACLs accepts them from anybody. */

export interface StateBatch {
  first: bigint
  last: bigint
  /** 0 available, 2 acknowledged, 4 archived. */
  state: number
  deliveries: number
}

interface At {
  group: string
  topicId: string
  partition: number
}

interface Told extends Throttled {
  errorCode: number
  errorMessage: string | null
  stateEpoch: number
  startOffset: bigint
  batches: StateBatch[]
}

/** The coordinator's own state after all updates. */
export const readShareGroupState: KafkaApi<At, Told> = {
  key: 84,
  name: 'ReadShareGroupState',
  versions: { min: 0, max: 0 },
  flexibleFrom: 0,
  encode(w, { group, topicId, partition }) {
    w.string(group)
    w.array([partition], (one) =>
      w
        .uuid(topicId)
        .array([one], (n) => w.int32(n).int32(0).tags())
        .tags(),
    )
    w.tags()
  },
  decode(r) {
    const [told] = r.array(() => {
      r.uuid()
      const [one] = r.array(() => {
        r.int32()
        const head = { errorCode: r.int16(), errorMessage: r.nullableString(), stateEpoch: r.int32(), startOffset: r.int64() } // oxfmt-ignore
        const batches = r.array(() => {
          const batch = { first: r.int64(), last: r.int64(), state: r.int8(), deliveries: r.int16() }
          r.tags()
          return batch
        })
        r.tags()
        return { ...head, batches }
      })
      r.tags()
      return one
    })
    r.tags()
    return { throttleTimeMs: 0, ...told! }
  },
}

export const writeShareGroupState: KafkaApi<
  At & Pick<Told, 'stateEpoch' | 'startOffset' | 'batches'>,
  Throttled & { errorCode: number }
> = {
  key: 85,
  name: 'WriteShareGroupState',
  versions: { min: 0, max: 0 },
  flexibleFrom: 0,
  encode(w, { group, topicId, partition, stateEpoch, startOffset, batches }) {
    w.string(group)
    w.array([partition], (one) => {
      w.uuid(topicId)
      w.array([one], (n) => {
        w.int32(n).int32(stateEpoch).int32(0).int64(startOffset)
        w.array(batches, ({ first, last, state, deliveries }) => w.int64(first).int64(last).int8(state).int16(deliveries).tags()) // oxfmt-ignore
        w.tags()
      })
      w.tags()
    })
    w.tags()
  },
  decode(r) {
    const [errorCode] = r.array(() => {
      r.uuid()
      const [code] = r.array(() => {
        r.int32()
        const one = r.int16()
        r.nullableString()
        r.tags()
        return one
      })
      r.tags()
      return code
    })
    r.tags()
    return { throttleTimeMs: 0, errorCode: errorCode! }
  },
}
