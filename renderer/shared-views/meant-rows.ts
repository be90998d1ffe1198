/**
 * The rows that a plan is made for: those that are selected and visible, or all visible ones if none is selected. A selected
 * row that is not visible stays selected: the choice does not widen to rows that were not selected. A row that no longer exists
 * is dropped from the selection.
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
