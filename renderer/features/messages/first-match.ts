import type { Work } from '../../workbench/running-work.ts'
import { formatCoordinates } from '../../ui/format.ts'
import { toast } from '../../ui/toast.tsx'

/** A Follow that was to end with the first match has ended. Tells the user, even if another window is in front. */
export function tellFirst(work: Pick<Work, 'tell'>, topic: string, at: { partition: number; offset: bigint }): void {
  const sentence = `The first match came: ${formatCoordinates(topic, at.partition, at.offset)}.`
  toast(sentence)
  work.tell(`${topic}: a record matches`, sentence)
}
