import { anchors } from './anchors.ts'
import { app } from './app.ts'
import { cleaning } from './cleaning.ts'
import { armed } from './armed.ts'
import { connections, profiles } from './connections.ts'
import { decoding } from './decoding.ts'
import { deletions } from './deletions.ts'
import { diagnostics } from './diagnostics.ts'
import { groups } from './groups.ts'
import { journal } from './journal.ts'
import { lagLimits } from './lag-limits.ts'
import { lag } from './lag.ts'
import { meaning } from './meaning.ts'
import { messages } from './messages.ts'
import { offsets } from './offsets.ts'
import { produce } from './produce.ts'
import { replay } from './replay.ts'
import { schemas } from './schemas.ts'
import { search } from './search.ts'
import { searches } from './searches.ts'
import { stepping } from './stepping.ts'
import { shell } from './shell.ts'
import { snapshots } from './snapshots.ts'
import { topics } from './topics.ts'

/** All that crosses between the renderer (or a shell, or a browser) and the main process. */
export const contract = {
  ...app,
  ...shell,
  ...diagnostics,
  ...profiles,
  ...connections,
  ...topics,
  ...decoding,
  ...messages,
  ...groups,
  ...cleaning,
  ...snapshots,
  ...lag,
  ...lagLimits,
  ...offsets,
  ...meaning,
  ...deletions,
  ...armed,
  ...anchors,
  ...stepping,
  ...produce,
  ...replay,
  ...schemas,
  ...searches,
  ...search,
  ...journal,
}
export type SeeklineContract = typeof contract
/** @internal Outside its file only tests use it. */
export type RouteName = keyof SeeklineContract
