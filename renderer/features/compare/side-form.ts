import type { Anchor } from '#shared/model/anchor.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Snapshot } from '#shared/model/positions-snapshot.ts'

export type SideKind = 'all' | 'group' | 'then' | 'anchor' | 'file'

/** What the user chose for one side of a comparison. */
export interface SideForm {
  readonly kind: SideKind | undefined
  readonly connectionId: ConnectionId
  readonly group: string
  readonly moment: bigint | undefined
  readonly anchor: Anchor | undefined
  readonly file: { readonly name: string; readonly snapshot: Snapshot } | undefined
}

export const emptySide = (connectionId: ConnectionId): SideForm => ({
  kind: undefined,
  connectionId,
  group: '',
  moment: undefined,
  anchor: undefined,
  file: undefined,
})

/** What is still missing before the side can be read; null: nothing. */
export function sideLacks({ kind, group, moment, anchor, file }: SideForm): string | null {
  switch (kind) {
    case undefined:
      return 'Choose what to compare with.'
    case 'all':
      return null
    case 'group':
      return group.trim() === '' ? 'Which group?' : null
    case 'then':
      if (group.trim() === '') return 'Which group?'
      return moment === undefined || moment < 0n ? 'At which time?' : null
    case 'anchor':
      return anchor === undefined ? 'Which anchor?' : null
    case 'file':
      return file === undefined ? 'Open a snapshot.' : null
  }
}
