import { MOST_FOUND } from '../../ui/find-in-text.ts'
import { betweenFrames } from '../../ui/sort-in-slices.ts'
import { nameOf, type ValueNode } from './value-nodes.ts'
import { shownValue } from './value-words.ts'

/** How many nodes are searched between two readings of the clock. */
const AT_ONCE = 64

/** Nodes whose name or value contains a text, ignoring case. */
export async function findNodes(nodes: readonly ValueNode[], typed: string, signal?: AbortSignal): Promise<number[]> {
  const needle = typed.toLowerCase()
  const found: number[] = []
  let at = 0
  await betweenFrames((isOver) => {
    while (at < nodes.length && found.length < MOST_FOUND) {
      if (has(nodes[at]!, needle)) found.push(at) // at < nodes.length
      at += 1
      if (at % AT_ONCE === 0 && isOver()) return false
    }
    return true
  }, signal)
  return found
}

function has({ value, step, level }: ValueNode, needle: string): boolean {
  if (level < 0) return false
  if (nameOf(step).toLowerCase().includes(needle)) return true
  const { text, tone, stored } = shownValue(value)
  return tone !== 'none' && (text.toLowerCase().includes(needle) || stored?.toLowerCase().includes(needle) === true)
}
