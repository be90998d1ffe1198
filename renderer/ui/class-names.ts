/** Joins class names; a CSS module's missing class is `undefined` under noUncheckedIndexedAccess and is left out. */
export function cx(...names: (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === 'string' && name !== '').join(' ')
}

/**
 * Drops keys whose value is `undefined`. With exactOptionalPropertyTypes a library's optional prop refuses an explicit
 * `undefined`, while our own components want to accept one, so that callers can pass what they have.
 */
export function given<T extends object>(props: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(props)) if (value !== undefined) kept[key] = value
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> }
}
