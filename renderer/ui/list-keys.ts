/**
 * Makes the keys of one list: each call returns a key that no earlier call returned.
 *
 * React Aria keeps the sections and items of a list in one map, and calls entries without a key `react-aria-1`,
 * `react-aria-2`…. Two entries with the same key turn its chain of siblings into a ring, and any later walk along it (looking
 * up the first key is one) never ends: the page freezes. Only React Aria's development build warns about it. Names chosen by
 * people or clusters are therefore never used as keys directly.
 */
export function createListKeys(): (kind: 'item' | 'section', id: string) => string {
  const taken = new Set<string>()
  return (kind, id) => {
    let key = `${kind}:${id}`
    for (let again = 2; taken.has(key); again++) key = `${kind}#${again}:${id}`
    taken.add(key)
    return key
  }
}

export interface Keyed<T> {
  readonly key: string
  readonly item: T
}

/** The items of a list without sections, each with its key. The first item with an id gets {@link itemKey}. */
export function keyedItems<T>(items: readonly T[], idOf: (item: T) => string): Keyed<T>[] {
  const keyFor = createListKeys()
  return items.map((item) => ({ key: keyFor('item', idOf(item)), item }))
}

/** The key of the first item with this id, for lists that are told which item is selected. */
export const itemKey = (id: string): string => `item:${id}`
