import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { command, type CommandContext } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, PartitionNumber, StoredOffset, tabKind } from '../../workbench/tab-kind.ts'

const Replay = z.strictObject({
  connectionId: ConnectionId.optional(),
  topic: z.string().optional(),
  partition: PartitionNumber.optional(),
  start: StoredOffset.optional(),
  end: StoredOffset.optional(),
  /** Single records as `partition:offset, …`; a text, because a tab is stored as JSON. */
  records: z.string().max(400_000).optional(),
  /** Ranges as `partition:from-to, …`; a text as well. */
  offsets: z.string().max(400_000).optional(),
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
      title: ({ topic }) => (topic === undefined ? 'Replay' : `${topic} · replay`),
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
  ],
}
