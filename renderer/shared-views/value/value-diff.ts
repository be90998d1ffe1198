import type { Value } from '#shared/model/decoded-value.ts'
import { childrenOf, nameOf, type Step } from './value-nodes.ts'
import { shownValue } from './value-words.ts'

export interface Difference {
  readonly path: readonly Step[]
  readonly change: 'added' | 'removed' | 'changed'
  /** null: it is not there. */
  readonly before: Value | null
  readonly after: Value | null
}

export interface Differences {
  readonly rows: readonly Difference[]
  /** Values that are the same on both sides. */
  readonly same: number
  /** Something was left out of a tree: what lies there was not compared. */
  readonly isPartial: boolean
}

/**
 * What is different, by paths: fields and map entries by their names, wherever they stand; items of lists by their numbers.
 * What is there on one side only is one row with all that is in it.
 */
export function differences(before: Value, after: Value): Differences {
  const rows: Difference[] = []
  let same = 0
  let isPartial = false
  const compare = (path: readonly Step[], a: Value, b: Value): void => {
    if (a.kind === 'cut' || b.kind === 'cut') isPartial = true
    const [inA, inB] = [childrenOf(a), childrenOf(b)]
    const isInside = a.kind === b.kind && a.branch === b.branch && (isContainer(a) || isContainer(b))
    if (!isInside) {
      if (isSame(a, b)) same += 1
      else rows.push({ path, change: 'changed', before: a, after: b })
      return
    }
    const ofB = byName(inB)
    for (const [name, { step, value }] of byName(inA)) {
      const other = ofB.get(name)
      ofB.delete(name)
      if (other === undefined) rows.push({ path: [...path, step], change: 'removed', before: value, after: null })
      else compare([...path, step], value, other.value)
    }
    for (const { step, value } of ofB.values())
      rows.push({ path: [...path, step], change: 'added', before: null, after: value })
  }
  compare([], before, after)
  return { rows, same, isPartial }
}

/** JSON may say a name twice: then the first is compared with the first, and the second with the second. */
function byName(children: ReturnType<typeof childrenOf>): Map<string, (typeof children)[number]> {
  const named = new Map<string, (typeof children)[number]>()
  for (const child of children) {
    let name = nameOf(child.step)
    while (named.has(name)) name += '\0'
    named.set(name, child)
  }
  return named
}

const isContainer = ({ kind }: Value): boolean => kind === 'record' || kind === 'list' || kind === 'map'

/** By what is stored, not by how it is drawn: bytes that are drawn in part are compared whole. */
function isSame(a: Value, b: Value): boolean {
  if (a.kind !== b.kind || a.branch !== b.branch) return false
  if (a.kind === 'bytes' && b.kind === 'bytes')
    return a.value.length === b.value.length && a.value.every((byte, at) => byte === b.value[at])
  const [one, other] = [shownValue(a), shownValue(b)]
  return one.text === other.text && one.stored === other.stored
}
