import type { CelScope } from './scope.ts'
import type { Cel, CelFault } from './values.ts'

/** A part of an expression, asked about the record that the scope is at. */
export type Eval = (scope: CelScope) => Cel | CelFault
