import type { Value } from '#shared/model/decoded-value.ts'
import { childrenOf, nameOf, type Step } from './value-nodes.ts'
import { shownValue } from './value-words.ts'

export interface Difference {
  readonly path: readonly Step[]
  readonly change: 'added' | 'removed' | 'changed'
  /** null: it is missing. */
  readonly before: Value | null
  readonly after: Value | null
}

export interface Differences {
  readonly rows: readonly Difference[]
  /** How many values are equal on both sides. */
  readonly same: number
  /** Something was left out of a tree, so it was not compared. */
  readonly isPartial: boolean
}

/**
 * The differences, by path: fields and map entries are matched by name, wherever they are; items of lists by index. A value
 * that exists on one side only is one row with everything in it.
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

/** JSON may repeat a name: then the first is compared with the first, and the second with the second. */
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

/** Compares stored values, not what is drawn: bytes that are drawn in part are compared completely. */
function isSame(a: Value, b: Value): boolean {
  if (a.kind !== b.kind || a.branch !== b.branch) return false
  if (a.kind === 'bytes' && b.kind === 'bytes')
    return a.value.length === b.value.length && a.value.every((byte, at) => byte === b.value[at])
  const [one, other] = [shownValue(a), shownValue(b)]
  return one.text === other.text && one.stored === other.stored
}
