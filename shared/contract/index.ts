import { anchors } from './anchors.ts'
import { app } from './app.ts'
import { cleaning } from './cleaning.ts'
import { armed } from './armed.ts'
import { connections, profiles } from './connections.ts'
import { decoding } from './decoding.ts'
import { deletions } from './deletions.ts'
import { diagnostics } from './diagnostics.ts'
import { elsewhere } from './elsewhere.ts'
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
import { throughput } from './throughput.ts'
import { topics } from './topics.ts'

/** Declared as an interface and not inferred: the inferred type of all routes is longer than the compiler can print. */
export type SeeklineContract = typeof app &
  typeof shell &
  typeof diagnostics &
  typeof profiles &
  typeof connections &
  typeof topics &
  typeof throughput &
  typeof decoding &
  typeof messages &
  typeof groups &
  typeof cleaning &
  typeof snapshots &
  typeof lag &
  typeof lagLimits &
  typeof offsets &
  typeof elsewhere &
  typeof meaning &
  typeof deletions &
  typeof armed &
  typeof anchors &
  typeof stepping &
  typeof produce &
  typeof replay &
  typeof schemas &
  typeof searches &
  typeof search &
  typeof journal

/** Everything that crosses between the renderer (or a shell, or a browser) and the main process. */
export const contract: SeeklineContract = {
  ...app,
  ...shell,
  ...diagnostics,
  ...profiles,
  ...connections,
  ...topics,
  ...throughput,
  ...decoding,
  ...messages,
  ...groups,
  ...cleaning,
  ...snapshots,
  ...lag,
  ...lagLimits,
  ...offsets,
  ...elsewhere,
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
/** @internal Outside its file only tests use it. */
export type RouteName = keyof SeeklineContract
