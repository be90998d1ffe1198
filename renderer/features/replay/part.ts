import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { command, type CommandContext } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/part.ts'
import { lazyView, PartitionNumber, StoredOffset, tabKind } from '../../workbench/tab-kind.ts'

const Replay = z.strictObject({
  connectionId: ConnectionId.optional(),
  topic: z.string().optional(),
  partition: PartitionNumber.optional(),
  start: StoredOffset.optional(),
  end: StoredOffset.optional(),
  /** Single records as `partition:offset, …`; text, for a tab is stored as JSON. */
  records: z.string().max(400_000).optional(),
  /** Edit the one record at `partition` and `start`, instead of copying a range from there. */
  edit: z.boolean().optional(),
  /** Write a new record into the topic; nothing is copied. */
  produce: z.boolean().optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    replay: z.infer<typeof Replay>
  }
}

const onShown = ({ connectionId }: CommandContext) => (connectionId === undefined ? {} : { connectionId })

export const replayPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'replay',
      target: Replay,
      oneFor: ['connectionId', 'topic'],
      title: ({ topic, produce }) => {
        const what = produce === true ? 'Produce' : 'Replay'
        return topic === undefined ? what : `${topic} · ${what.toLowerCase()}`
      },
      view: lazyView(async () => (await import('./replay-view.tsx')).ReplayView),
    }),
  ],
  commands: [
    command({
      id: 'go.replay',
      title: 'Replay records',
      words: 'copy mirror republish',
      keys: ['Alt+P'],
      menu: 'go',
      run: (at) => at.navigation.open({ kind: 'replay', ...onShown(at) }),
    }),
    command({
      id: 'go.produce',
      title: 'Produce a record…',
      words: 'send publish write message',
      menu: 'go',
      run: (at) => {
        // The topic that is looked at is the one meant.
        const { front } = at
        const topic = front !== undefined && 'topic' in front ? front.topic : undefined
        at.navigation.open({ kind: 'replay', ...onShown(at), ...(topic === undefined ? {} : { topic }), produce: true })
      },
    }),
  ],
}
