import { keyText, type Value } from '#shared/model/decoded-value.ts'

/** From a value to one inside it. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'item'; readonly at: number }
  | { readonly kind: 'entry'; readonly key: string }

/** A value inside another, by its place among all of them: a parent stands before what is in it. */
export interface ValueNode {
  readonly value: Value
  /** 0 is the outermost that is shown; of a root whose parts are shown instead of it, −1. */
  readonly level: number
  /** −1: it is the root. */
  readonly parent: number
  readonly step: Step | null
  /** Behind the last that is in it. */
  readonly end: number
}

/** All values of a tree in the order in which they are shown. Twenty thousand at most: whoever made the tree bounds it. */
export function nodesOf(root: Value): readonly ValueNode[] {
  const nodes: { value: Value; level: number; parent: number; step: Step | null; end: number }[] = []
  const add = (value: Value, parent: number, level: number, step: Step | null): void => {
    const at = nodes.push({ value, level, parent, step, end: 0 }) - 1
    for (const child of childrenOf(value)) add(child.value, at, level + 1, child.step)
    nodes[at]!.end = nodes.length // `at` is always the index of a node
  }
  add(root, -1, childrenOf(root).length > 0 ? -1 : 0, null)
  return nodes
}

interface Child {
  value: Value
  step: Step
}

export function childrenOf(value: Value): readonly Child[] {
  switch (value.kind) {
    case 'record':
      return value.fields.map((field) => ({ value: field.value, step: { kind: 'field', name: field.name } }))
    case 'list':
      return value.items.map((item, at) => ({ value: item, step: { kind: 'item', at } }))
    case 'map':
      return value.entries.map((entry) => ({ value: entry.value, step: { kind: 'entry', key: keyText(entry.key) } }))
    default:
      return []
  }
}

/** How one comes to a node from the root. */
export function pathTo(nodes: readonly ValueNode[], at: number): readonly Step[] {
  const steps: Step[] = []
  for (let node = nodes[at]; node !== undefined && node.step !== null; node = nodes[node.parent]) steps.push(node.step)
  return steps.toReversed()
}

/** `customer.lines[0].sku`, `labels["a.b"]`; the root has none. */
export function pathText(steps: readonly Step[]): string {
  return steps.map((step, at) => stepText(step, at === 0)).join('')
}

function stepText(step: Step, isFirst: boolean): string {
  if (step.kind === 'item') return `[${step.at}]`
  const name = step.kind === 'field' ? step.name : step.key
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `[${JSON.stringify(name)}]`
  return isFirst ? name : `.${name}`
}

/** What a node is called in the row that shows it. */
export function nameOf(step: Step | null): string {
  if (step === null) return ''
  return step.kind === 'field' ? step.name : step.kind === 'entry' ? step.key : String(step.at)
}

/** Small values are open throughout; of others what is outermost, where it is short. */
const ALL_OPEN = 60
const MOST_OPEN = 20

export function isOpenAtFirst(nodes: readonly ValueNode[], node: ValueNode): boolean {
  if (node.level < 0 || nodes.length <= ALL_OPEN) return true
  return node.level === 0 && childrenOf(node.value).length <= MOST_OPEN
}

/** The nodes that are shown, where some are folded. */
export function shownNodes(nodes: readonly ValueNode[], isOpen: (at: number) => boolean): number[] {
  const shown: number[] = []
  for (let at = 0; at < nodes.length;) {
    const node = nodes[at]! // `at` is always the index of a node
    if (node.level >= 0) shown.push(at)
    at = isOpen(at) ? at + 1 : node.end
  }
  return shown
}

/** Whether something that belongs to it was left out. */
export function isCutInside(nodes: readonly ValueNode[], at: number): boolean {
  for (let i = at; i < nodes[at]!.end; i += 1) if (nodes[i]!.value.kind === 'cut') return true // `at` is always the index of a node
  return false
}

/** Of a step in a tree, as a column keeps it. */
export const stepName = (step: Step): string | number =>
  step.kind === 'item' ? step.at : step.kind === 'field' ? step.name : step.key
