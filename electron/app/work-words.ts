import type { RoutedCall } from '../rpc/work.ts'

const words: Readonly<Record<string, readonly [one: string, many: string]>> = {
  'produce.apply': ['Records are being written.', 'jobs are writing records.'],
  'replay.run': ['A replay is running.', 'replays are running.'],
  'offsets.delete': ['Positions of a group are being deleted.', 'deletions of positions are being made.'],
  'offsets.apply': ['Positions of a group are being written.', 'changes of positions are being written.'],
}

/** What is under way, a sentence for each kind; shown where somebody is about to close over it. */
export function workSentences(work: readonly RoutedCall[]): string[] {
  const counts = new Map<string, number>()
  for (const { route } of work) counts.set(route, (counts.get(route) ?? 0) + 1)
  return [...counts].map(([route, count]) => {
    const [one, many] = words[route] ?? ['A change is being written.', 'changes are being written.']
    return count === 1 ? one : `${count} ${many}`
  })
}
