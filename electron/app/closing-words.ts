import { contract } from '#shared/contract/index.ts'
import type { Contract } from '#shared/contract/define.ts'
import type { RoutedCall } from '../rpc/running-writes.ts'

const routes: Contract = contract

/** The running work, a sentence per kind; shown when closing would interrupt it. */
export function workSentences(work: readonly RoutedCall[]): string[] {
  const counts = new Map<string, number>()
  for (const { route } of work) counts.set(route, (counts.get(route) ?? 0) + 1)
  return [...counts].map(([route, count]) => {
    const [one, many] = routes[route]?.shown?.running ?? ['A change is being written.', 'changes are being written.']
    return count === 1 ? one : `${count} ${many}`
  })
}
