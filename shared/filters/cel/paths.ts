import type { ASTNode } from '@marcbachmann/cel-js'
import type { ValuePath } from '../../model/row-field.ts'

/** The path into a key, a value or headers that a part of an expression spells out. */
export function pathOf(
  node: ASTNode,
  names: { has(name: string): boolean },
): { root: 'key' | 'value' | 'headers'; steps: ValuePath } | null {
  const steps: ValuePath = []
  let at = node
  while (at.op === '.' || at.op === '[]') {
    const by = at.args[1]
    const step = typeof by === 'string' ? by : by.op === 'value' ? stepOf(by.args) : null
    if (step === null) return null
    steps.unshift(step)
    at = at.args[0]
  }
  if (at.op !== 'id' || names.has(at.args)) return null
  return at.args === 'key' || at.args === 'value' || at.args === 'headers' ? { root: at.args, steps } : null
}

function stepOf(of: unknown): string | number | null {
  if (typeof of === 'string') return of
  return typeof of === 'bigint' && of >= 0n && of < 2n ** 31n ? Number(of) : null
}

export function isGoogleType(node: ASTNode): boolean {
  if (node.op !== '.') return false
  const [of] = node.args
  return of.op === '.' && of.args[1] === 'protobuf' && of.args[0].op === 'id' && of.args[0].args === 'google'
}
