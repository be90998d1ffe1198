import { z } from 'zod'
import { Offset, PartitionId } from './ids.ts'

export const MOST_ANCHORS = 100
export const MOST_ANCHORED = 20_000

/** An offset, with the topic's id: in a topic that was deleted and created again it means nothing. */
export const AnchoredOffset = z.strictObject({
  topic: z.string().min(1).max(249),
  topicId: z.string().max(100).nullable(),
  partition: PartitionId,
  offset: Offset,
})
export type AnchoredOffset = z.infer<typeof AnchoredOffset>

const head = {
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(100),
  /** The cluster it was made on; null: the cluster has no id. */
  clusterId: z.string().max(200).nullable(),
  /** What it was made from, for a person: "positions of billing". */
  of: z.string().max(400),
  madeAt: z.bigint(),
}

/** A named, saved vector of offsets: "before release 1.42". */
export const Anchor = z.strictObject({ ...head, offsets: z.array(AnchoredOffset).min(1).max(MOST_ANCHORED) })
export type Anchor = z.infer<typeof Anchor>

/** An anchor in a list, without its offsets. */
export const AnchorHead = z.strictObject({
  ...head,
  topics: z.array(z.string()),
  partitions: z.number().int(),
  /** Made on another cluster than the one connected now: its offsets mean nothing here. */
  isElsewhere: z.boolean(),
})
export type AnchorHead = z.infer<typeof AnchorHead>

/** The anchors of a profile, by name. */
export const Anchors = z.array(Anchor).max(MOST_ANCHORS)
export type Anchors = z.infer<typeof Anchors>
