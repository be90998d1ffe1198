import type { ASTNode } from '@marcbachmann/cel-js'
import type { ValuePath } from '../model/row-field.ts'
import { parse } from './cel/language.ts'
import { pathOf } from './cel/paths.ts'
import { NoFilter } from './predicate.ts'
import { spelledDouble, spelledPath, spelledText } from './spelling.ts'

/** What a row of a filter form is about: a field of the key, value or headers, or a property that every record has. */
export type FormField =
  | { readonly of: 'key' | 'value' | 'headers'; readonly path: ValuePath }
  | { readonly of: FormFact }

/** The properties that every record has, with their types. */
export const formFacts = {
  partition: 'int',
  offset: 'int',
  timestamp: 'timestamp',
  size: 'int',
  keySize: 'int',
  valueSize: 'int',
  headerCount: 'int',
  transactional: 'bool',
  isNull: 'bool',
  keyEncoding: 'text',
  valueEncoding: 'text',
  keyError: 'text',
  valueError: 'text',
} as const
export type FormFact = keyof typeof formFacts

/** `timestamp` and `duration` are texts, as the functions of that name take them. */
export type FormValue =
  | { readonly type: 'text' | 'timestamp' | 'duration'; readonly value: string }
  | { readonly type: 'int'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }

/** How many values each operator takes; `text`: one, which must be a text. */
export const formOperators = {
  is: 'one',
  'is not': 'one',
  'less than': 'one',
  'at most': 'one',
  'more than': 'one',
  'at least': 'one',
  contains: 'text',
  'contains no': 'text',
  'begins with': 'text',
  'does not begin with': 'text',
  'ends with': 'text',
  'does not end with': 'text',
  fits: 'text',
  'does not fit': 'text',
  'is one of': 'some',
  'is none of': 'some',
  'is null': 'none',
  'is not null': 'none',
  'is there': 'none',
  'is not there': 'none',
} as const
export type FormOperator = keyof typeof formOperators

export interface FormRow {
  readonly field: FormField
  readonly operator: FormOperator
  /** As many as the operator takes. */
  readonly values: readonly FormValue[]
}

/** Rows of which all, or at least one, must hold: most expressions are like that. */
export interface FilterForm {
  readonly join: 'all' | 'any'
  readonly rows: readonly FormRow[]
}

/** Why an expression cannot be shown as a form, and which characters of it; it is then edited as text. */
export interface NoForm {
  readonly why: string
  readonly at: number
  readonly length: number
}

/** The expression for a form; "" for a form without rows. */
export function sourceOfForm({ join, rows }: FilterForm): string {
  return rows.map(sourceOfRow).join(join === 'all' ? ' && ' : ' || ')
}

/** The form for an expression, if there is one that means exactly the same. */
export function formOfSource(source: string): FilterForm | NoForm {
  if (source.trim() === '') return { join: 'all', rows: [] }
  try {
    const node = parse(source)
    const join = node.op === '||' ? 'any' : 'all'
    return { join, rows: partsOf(node, join === 'any' ? '||' : '&&').map(rowOf) }
  } catch (error) {
    if (error instanceof NoFilter) return { why: error.message, at: error.at, length: error.length }
    throw error
  }
}

export function isForm(found: FilterForm | NoForm): found is FilterForm {
  return 'rows' in found
}

const comparisons = { 'is': '==', 'is not': '!=', 'less than': '<', 'at most': '<=', 'more than': '>', 'at least': '>=' } as const // oxfmt-ignore
const methods = {
  contains: ['contains', 'contains no'],
  startsWith: ['begins with', 'does not begin with'],
  endsWith: ['ends with', 'does not end with'],
  matches: ['fits', 'does not fit'],
} as const

function sourceOfRow({ field, operator, values }: FormRow): string {
  const name = spelledField(field)
  const [first] = values
  const method = Object.entries(methods).find(([, operators]) => (operators as readonly string[]).includes(operator))
  if (method !== undefined)
    return `${operator === method[1][0] ? '' : '!'}${name}.${method[0]}(${spelledValue(first!)})` // an operator of this kind always comes with a value
  switch (operator) {
    case 'is null':
      return `${name} == null`
    case 'is not null':
      return `${name} != null`
    case 'is there':
      return spelledPresence(field)
    case 'is not there':
      return `!${spelledPresence(field)}`
    case 'is one of':
      return `${name} in [${values.map(spelledValue).join(', ')}]`
    case 'is none of':
      return `!(${name} in [${values.map(spelledValue).join(', ')}])`
    default:
      return `${name} ${comparisons[operator as keyof typeof comparisons]} ${spelledValue(first!)}` // an operator of this kind always comes with a value
  }
}

function spelledField(field: FormField): string {
  return 'path' in field ? spelledPath(field.of, field.path) : field.of
}

/** `has` takes a path with dots; a field whose name cannot be written that way is tested with `in`. */
function spelledPresence(field: FormField): string {
  const name = spelledField(field)
  const last = 'path' in field ? field.path.at(-1) : undefined
  if (typeof last !== 'string' || name.endsWith(`.${last}`)) return `has(${name})`
  return `(${spelledText(last)} in ${spelledField({ ...field, path: (field as { path: ValuePath }).path.slice(0, -1) } as FormField)})` // oxfmt-ignore
}

const MOST_INT = 2n ** 63n - 1n

function spelledValue(value: FormValue): string {
  switch (value.type) {
    case 'text':
      return spelledText(value.value)
    case 'int':
      return value.value > MOST_INT ? `${value.value}u` : String(value.value)
    case 'double':
      return spelledDouble(value.value)
    case 'bool':
      return String(value.value)
    case 'timestamp':
    case 'duration':
      return `${value.type}(${spelledText(value.value)})`
  }
}

/** The operands of an operator, whatever brackets they were put in. */
function partsOf(node: ASTNode, join: '&&' | '||'): ASTNode[] {
  if (node.op !== join) return [node]
  const [left, right] = node.args as [ASTNode, ASTNode]
  return [...partsOf(left, join), ...partsOf(right, join)]
}

function rowOf(node: ASTNode): FormRow {
  const row = plainRow(node) ?? (node.op === '!_' ? oppositeRow(node.args) : null)
  if (row !== null) return row
  throw new NoFilter('This is no row of field, operator and value.', node.start, node.end - node.start)
}

function plainRow(node: ASTNode): FormRow | null {
  const bare = fieldOf(node)
  if (bare !== null) return isBool(bare) ? { field: bare, operator: 'is', values: [{ type: 'bool', value: true }] } : null // oxfmt-ignore
  const comparison = Object.entries(comparisons).find(([, op]) => op === node.op)
  if (comparison !== undefined) return comparisonRow(comparison[0] as FormOperator, node.args as [ASTNode, ASTNode])
  if (node.op === 'in') return inRow(...node.args)
  if (node.op === 'call') return presenceRow(...node.args)
  return node.op === 'rcall' ? methodRow(...node.args) : null
}

const opposites: Partial<Record<FormOperator, FormOperator>> = {
  contains: 'contains no',
  'begins with': 'does not begin with',
  'ends with': 'does not end with',
  fits: 'does not fit',
  'is one of': 'is none of',
  'is there': 'is not there',
}

/** `!(a < b)` and `a >= b` differ where the two cannot be compared; so only operators with a true opposite are accepted. */
function oppositeRow(node: ASTNode): FormRow | null {
  const bare = fieldOf(node)
  if (bare !== null && isBool(bare)) return { field: bare, operator: 'is', values: [{ type: 'bool', value: false }] }
  const row = plainRow(node)
  const operator = row === null ? undefined : opposites[row.operator]
  return row === null || operator === undefined ? null : { ...row, operator }
}

function comparisonRow(operator: FormOperator, [left, right]: readonly [ASTNode, ASTNode]): FormRow | null {
  const field = fieldOf(left)
  if (field === null) return null
  if (right.op === 'value' && right.args === null) {
    if (operator !== 'is' && operator !== 'is not') return null
    return { field, operator: operator === 'is' ? 'is null' : 'is not null', values: [] }
  }
  const value = valueOf(right)
  return value === null ? null : { field, operator, values: [value] }
}

function inRow(left: ASTNode, right: ASTNode): FormRow | null {
  const field = fieldOf(left)
  if (field !== null) {
    const values = right.op === 'list' ? right.args.map(valueOf) : []
    return values.length > 0 && values.every((value) => value !== null)
      ? { field, operator: 'is one of', values }
      : null
  }
  // A name that `has` would accept may have been meant as an item of a list.
  const of = pathOf(right, new Set())
  if (of === null || left.op !== 'value' || typeof left.args !== 'string') return null
  const found: FormField = { of: of.root, path: [...of.steps, left.args] }
  return spelledField(found).endsWith(`.${left.args}`) ? null : { field: found, operator: 'is there', values: [] }
}

function presenceRow(name: string, args: readonly ASTNode[]): FormRow | null {
  const [of] = args
  const field = name === 'has' && of?.op === '.' ? fieldOf(of) : null
  return field === null ? null : { field, operator: 'is there', values: [] }
}

function methodRow(name: string, receiver: ASTNode, args: readonly ASTNode[]): FormRow | null {
  const field = fieldOf(receiver)
  const [first] = args
  if (field === null || !Object.hasOwn(methods, name) || args.length !== 1) return null
  if (first?.op !== 'value' || typeof first.args !== 'string') return null
  return { field, operator: methods[name as keyof typeof methods][0], values: [{ type: 'text', value: first.args }] }
}

function fieldOf(node: ASTNode): FormField | null {
  if (node.op === 'id') {
    if (Object.hasOwn(formFacts, node.args)) return { of: node.args as FormFact }
    return node.args === 'key' || node.args === 'value' ? { of: node.args, path: [] } : null
  }
  const path = pathOf(node, new Set())
  if (path === null) return null
  // A header is a text, so a path cannot go further into it.
  if (path.root === 'headers' && (path.steps.length !== 1 || typeof path.steps[0] !== 'string')) return null
  return { of: path.root, path: path.steps }
}

const isBool = (field: FormField): boolean => !('path' in field) && formFacts[field.of] === 'bool'

function valueOf(node: ASTNode): FormValue | null {
  if (node.op === '-_') {
    const of = valueOf(node.args)
    if (of?.type === 'int') return { type: 'int', value: -of.value }
    return of?.type === 'double' ? { type: 'double', value: -of.value } : null
  }
  if (node.op === 'call') {
    const [name, [of]] = node.args
    const isTime = (name === 'timestamp' || name === 'duration') && of?.op === 'value' && node.args[1].length === 1
    return isTime && typeof of.args === 'string' ? { type: name, value: of.args } : null
  }
  if (node.op !== 'value') return null
  const of = node.args
  if (typeof of === 'string') return { type: 'text', value: of }
  if (typeof of === 'boolean') return { type: 'bool', value: of }
  if (typeof of === 'bigint') return { type: 'int', value: of }
  if (typeof of === 'number') return { type: 'double', value: of }
  if (of === null || of instanceof Uint8Array) return null
  const unsigned: unknown = of.valueOf()
  return typeof unsigned === 'bigint' ? { type: 'int', value: unsigned } : null
}
