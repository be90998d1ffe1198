import type { Work } from '../../workbench/running-work.ts'
import { formatCoordinates } from '../../ui/format.ts'
import { toast } from '../../ui/toast.tsx'

/** A Follow that was to end with the first match has: whoever waits for it is told, also in another window. */
export function tellFirst(work: Pick<Work, 'tell'>, topic: string, at: { partition: number; offset: bigint }): void {
  const sentence = `The first match came: ${formatCoordinates(topic, at.partition, at.offset)}.`
  toast(sentence)
  work.tell(`${topic}: a record matches`, sentence)
}
