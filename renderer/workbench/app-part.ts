import type { Command } from './command.ts'
import type { TabKind } from './tab-kind.ts'

/** What a feature adds to the app. `renderer/app/parts.ts` lists them: the only place that names features. */
export interface AppPart {
  readonly tabs?: readonly TabKind[]
  /** In the order of the menus. */
  readonly commands?: readonly Command[]
}
