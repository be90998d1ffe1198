import type { ASTNode } from '@marcbachmann/cel-js'
import type { RowField } from '../model/row-field.ts'
import { parse } from './cel/language.ts'
import { pathOf } from './cel/paths.ts'
import type { RecordFilter } from './filter.ts'
import { NoFilter } from './predicate.ts'

const noNames: ReadonlySet<string> = new Set()

/** The fields of keys, values and headers that a filter names: they show why a record matches. */
export function namedFields(filter: RecordFilter): RowField[] {
  switch (filter.kind) {
    case 'expression':
      return namedIn(filter.source)
    case 'all':
    case 'any':
      return filter.of.flatMap(namedFields)
    default:
      return []
  }
}

function namedIn(source: string): RowField[] {
  try {
    return fieldsOf(parse(source))
  } catch (error) {
    if (error instanceof NoFilter) return []
    throw error
  }
}

function fieldsOf(node: ASTNode): RowField[] {
  const path = pathOf(node, noNames)
  // `key` alone is no field: every record shows its whole key anyway.
  if (path === null || path.steps.length === 0)
    return ([node.args] as unknown[]).flat(3).flatMap((part) => (isNode(part) ? fieldsOf(part) : []))
  const { root, steps } = path
  if (root !== 'headers') return [{ part: root, path: steps }]
  const [name, ...rest] = steps
  return typeof name === 'string' ? [{ part: 'header', path: [name, ...rest] }] : []
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part
}
