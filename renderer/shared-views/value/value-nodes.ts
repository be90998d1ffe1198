import { keyText, type Value } from '#shared/model/decoded-value.ts'

/** From a value to one inside it. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'item'; readonly at: number }
  | { readonly kind: 'entry'; readonly key: string }

/** A value inside another, in a flat list: a parent comes before its children. */
export interface ValueNode {
  readonly value: Value
  /** 0 for the outermost level shown; −1 for a root whose parts are shown instead of it. */
  readonly level: number
  /** −1: it is the root. */
  readonly parent: number
  readonly step: Step | null
  /** The index after its last descendant. */
  readonly end: number
}

/** All values of a tree in display order. At most twenty thousand: the code that builds trees limits them. */
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

/** The path to a node from the root. */
export function pathTo(nodes: readonly ValueNode[], at: number): readonly Step[] {
  const steps: Step[] = []
  for (let node = nodes[at]; node !== undefined && node.step !== null; node = nodes[node.parent]) steps.push(node.step)
  return steps.toReversed()
}

/** `customer.lines[0].sku`, `labels["a.b"]`; empty for the root. */
export function pathText(steps: readonly Step[]): string {
  return steps.map((step, at) => stepText(step, at === 0)).join('')
}

function stepText(step: Step, isFirst: boolean): string {
  if (step.kind === 'item') return `[${step.at}]`
  const name = step.kind === 'field' ? step.name : step.key
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `[${JSON.stringify(name)}]`
  return isFirst ? name : `.${name}`
}

/** The name of a node in the row that shows it. */
export function nameOf(step: Step | null): string {
  if (step === null) return ''
  return step.kind === 'field' ? step.name : step.kind === 'entry' ? step.key : String(step.at)
}

/** Small values are fully open; of larger ones only the outermost level, if it is short. */
const ALL_OPEN = 60
const MOST_OPEN = 20

export function isOpenAtFirst(nodes: readonly ValueNode[], node: ValueNode): boolean {
  if (node.level < 0 || nodes.length <= ALL_OPEN) return true
  return node.level === 0 && childrenOf(node.value).length <= MOST_OPEN
}

/** The visible nodes, where some are folded. */
export function shownNodes(nodes: readonly ValueNode[], isOpen: (at: number) => boolean): number[] {
  const shown: number[] = []
  for (let at = 0; at < nodes.length;) {
    const node = nodes[at]! // `at` is always the index of a node
    if (node.level >= 0) shown.push(at)
    at = isOpen(at) ? at + 1 : node.end
  }
  return shown
}

/** Whether something inside it was left out. */
export function isCutInside(nodes: readonly ValueNode[], at: number): boolean {
  for (let i = at; i < nodes[at]!.end; i += 1) if (nodes[i]!.value.kind === 'cut') return true // `at` is always the index of a node
  return false
}

/** The name of a step in a tree, as a column stores it. */
export const stepName = (step: Step): string | number =>
  step.kind === 'item' ? step.at : step.kind === 'field' ? step.name : step.key
