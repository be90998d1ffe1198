import type { CelScope } from './scope.ts'
import type { Cel, CelFault } from './values.ts'

/** A compiled part of an expression, evaluated for the scope's current record. */
export type Eval = (scope: CelScope) => Cel | CelFault
