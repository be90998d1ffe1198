import { z } from 'zod'
import { Anchor, AnchoredOffset, AnchorHead, MOST_ANCHORED } from '../model/anchor.ts'
import { OnConnection } from './common.ts'
import { route } from './define.ts'

/** What an anchor is made from: a group's positions, the edges of topics, or given offsets. */
export const AnchorSource = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('group'), group: z.string().min(1) }),
  z.strictObject({
    what: z.literal('topics'),
    topics: z.array(z.string().min(1)).min(1).max(200),
    edge: z.enum(['log-start', 'high-watermark']),
  }),
  z.strictObject({
    what: z.literal('offsets'),
    /** Where the offsets come from, in words for a person. */
    of: z.string().min(1).max(400),
    offsets: z.array(AnchoredOffset).min(1).max(MOST_ANCHORED),
  }),
])
export type AnchorSource = z.infer<typeof AnchorSource>

const AnchorList = z.strictObject({ items: z.array(AnchorHead) })
const name = z.string().trim().min(1).max(100)

/**
 * Named, saved vectors of offsets, kept with a profile; used as a place, an anchor is a place of kind `offsets` with
 * the ids of its topics.
 */
export const anchors = {
  'anchors.list': route({ input: OnConnection, output: AnchorList, effect: 'read' }),
  'anchors.get': route({ input: OnConnection.extend({ id: z.string() }), output: Anchor, effect: 'read' }),
  /** A name that is taken is refused, because the anchor of that name would be lost. */
  'anchors.save': route({
    input: OnConnection.extend({ name, source: AnchorSource }),
    output: z.strictObject({ id: z.string(), partitions: z.number().int(), items: z.array(AnchorHead) }),
    effect: 'local',
  }),
  'anchors.rename': route({
    input: OnConnection.extend({ id: z.string(), name }),
    output: AnchorList,
    effect: 'local',
  }),
  'anchors.delete': route({ input: OnConnection.extend({ id: z.string() }), output: AnchorList, effect: 'local' }),
}
