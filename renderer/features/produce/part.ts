import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { command, type CommandContext } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, PartitionNumber, StoredOffset, tabKind } from '../../workbench/tab-kind.ts'

const Produce = z.strictObject({
  connectionId: ConnectionId.optional(),
  topic: z.string().optional(),
  /** The record from which the form is filled. */
  partition: PartitionNumber.optional(),
  offset: StoredOffset.optional(),
  /** Nothing is to be edited: its plan is made at once. */
  copy: z.boolean().optional(),
  /** The record is copied aside unchanged, because this group could not process it; the target topic is still to be chosen. */
  aside: z.string().optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    produce: z.infer<typeof Produce>
  }
}

/** The visible topic is meant. */
function shown({ front, connectionId }: CommandContext) {
  const topic = front !== undefined && 'topic' in front ? front.topic : undefined
  return { ...(connectionId === undefined ? {} : { connectionId }), ...(topic === undefined ? {} : { topic }) }
}

export const producePart: AppPart = {
  tabs: [
    tabKind({
      kind: 'produce',
      target: Produce,
      oneFor: ['connectionId', 'topic'],
      title: ({ topic }) => (topic === undefined ? 'Produce' : `${topic} · produce`),
      view: lazyView(async () => (await import('./produce-view.tsx')).ProduceView),
    }),
  ],
  commands: [
    command({
      id: 'go.produce',
      title: 'Produce records…',
      words: 'send publish write new record message generate test data import ndjson file template',
      keys: ['Alt+N'],
      menu: 'go',
      run: (at) => at.navigation.open({ kind: 'produce', ...shown(at) }),
    }),
  ],
}
