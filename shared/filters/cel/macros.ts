import type { Eval } from './evals.ts'
import { absent, failed, CelFault, overTime, typeOf, worse, type Cel } from './values.ts'

/** Evaluates the macro's body, or its second one, for one item. */
type Each = (item: Cel, body?: Eval) => Cel | CelFault
type Macro = (items: readonly Cel[], each: Each, second: Eval | undefined) => Cel | CelFault

/** A single item that decides the result does so even if other items are faults. */
const quantifier =
  (decides: boolean): Macro =>
  (items, each) => {
    let fault: CelFault | null = null
    for (const item of items) {
      const found = each(item)
      if (found === decides || found === overTime) return found
      if (found === !decides) continue
      const own = found instanceof CelFault ? found : noBool(found)
      fault = fault === null ? own : worse(fault, own)
    }
    return fault ?? !decides
  }

export const macros: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ['all', quantifier(false)],
  ['exists', quantifier(true)],
  [
    'exists_one',
    (items, each) => {
      let count = 0
      for (const item of items) {
        const found = each(item)
        if (found instanceof CelFault) return found
        if (typeof found !== 'boolean') return noBool(found)
        if (found) count += 1
      }
      return count === 1
    },
  ],
  [
    'filter',
    (items, each) => {
      const kept: Cel[] = []
      for (const item of items) {
        const found = each(item)
        if (found instanceof CelFault) return found
        if (typeof found !== 'boolean') return noBool(found)
        if (found) kept.push(item)
      }
      return kept
    },
  ],
  [
    'map',
    (items, each, second) => {
      const made: Cel[] = []
      for (const item of items) {
        const found = each(item)
        if (found instanceof CelFault) return found
        if (second === undefined) made.push(found)
        else if (found === true) {
          const other = each(item, second)
          if (other instanceof CelFault) return other
          made.push(other)
        } else if (found !== false) return noBool(found)
      }
      return made
    },
  ],
])

export function noBool(of: Cel): CelFault {
  return of === null ? absent : failed(`a ${typeOf(of)} is neither true nor false`)
}
