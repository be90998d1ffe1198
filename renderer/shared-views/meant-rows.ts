/**
 * The rows that a plan is made of: those of the chosen that are shown, or all that are shown where none is chosen. A choice that is
 * not shown stays one: it does not widen to what was not chosen. One that is gone is none any more.
 */
export function meantRows<Row extends { readonly key: string }>(
  all: readonly Row[],
  shown: readonly Row[],
  chosen: readonly string[],
): { meant: readonly Row[]; isChosen: boolean } {
  const names = new Set(chosen)
  const isChosen = chosen.length > 0 && all.some(({ key }) => names.has(key))
  return { meant: isChosen ? shown.filter(({ key }) => names.has(key)) : shown, isChosen }
}
