import { cleaningPart } from '../features/cleaning/part.ts'
import { clusterPart } from '../features/cluster/part.ts'
import { comparePart } from '../features/compare/part.ts'
import { connectionsPart } from '../features/connections/part.ts'
import { groupsPart } from '../features/groups/part.ts'
import { journalPart } from '../features/journal/part.ts'
import { messagesPart } from '../features/messages/part.ts'
import { offsetsPart } from '../features/offsets/part.ts'
import { producePart } from '../features/produce/part.ts'
import { replayPart } from '../features/replay/part.ts'
import { schemasPart } from '../features/schemas/part.ts'
import { steppingPart } from '../features/stepping/part.ts'
import { topicsPart } from '../features/topics/part.ts'
import type { AppPart } from '../workbench/app-part.ts'
import { appPart } from './commands.ts'

/** The parts of the app, in menu order; the only place that names features. */
export const parts: readonly AppPart[] = [
  appPart,
  connectionsPart,
  clusterPart,
  topicsPart,
  groupsPart,
  schemasPart,
  offsetsPart,
  cleaningPart,
  comparePart,
  steppingPart,
  messagesPart,
  producePart,
  replayPart,
  journalPart,
]
