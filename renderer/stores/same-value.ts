/** The previous value if the next one is equal: identical values are not drawn again. */
export function kept<T>(before: T, next: T): T {
  return isSame(before, next) ? before : next
}

/** The parts of `next` that a store should take; the previous state, which notifies nobody, if nothing differs. */
export function changedParts<S extends object>(before: S, next: Partial<S>): S | Partial<S> {
  const was = before as Readonly<Record<string, unknown>>
  const parts = Object.entries(next).map(([name, one]) => [name, kept(was[name], one)] as const)
  return parts.every(([name, one]) => one === was[name]) ? before : (Object.fromEntries(parts) as Partial<S>)
}

/** For plain values: numbers and texts, lists of them, objects of them. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, at) => isSame(one, b[at]))
  const others = new Map(Object.entries(b))
  const entries = Object.entries(a)
  return entries.length === others.size && entries.every(([name, one]) => others.has(name) && isSame(one, others.get(name))) // oxfmt-ignore
}
