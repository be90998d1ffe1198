/**
 * Makes the keys of one list: each call answers with a key that no call before it was given.
 *
 * React Aria keeps sections and items of a list in one map, and names what has no key `react-aria-1`, `react-aria-2`…. Two
 * entries of one key tie its chain of siblings into a ring, and whoever walks it next (the first key of all does) walks for
 * good: the page stands still. Only its development build says so. Names that people and clusters chose are therefore never
 * keys themselves.
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

/** The items of a list without sections, each with its key: the first of an id keeps {@link itemKey}. */
export function keyedItems<T>(items: readonly T[], idOf: (item: T) => string): Keyed<T>[] {
  const keyFor = createListKeys()
  return items.map((item) => ({ key: keyFor('item', idOf(item)), item }))
}

/** The key of the first item with that id, for lists that are told what is selected. */
export const itemKey = (id: string): string => `item:${id}`
