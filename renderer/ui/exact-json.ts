/** JSON for scripts and tickets: 64-bit numbers are written as decimal strings. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? item.toString() : item), 2)
}
