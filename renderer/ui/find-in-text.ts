import { betweenFrames } from './sort-in-slices.ts'

/** More matches than anybody steps through. */
export const MOST_FOUND = 10_000
/** How many characters are searched at once. */
const CHUNK = 256 * 1024

/** Where `needle` occurs, ignoring case; searched in slices, because the text may have megabytes. At most {@link MOST_FOUND} places. */
export async function findInText(text: string, needle: string, signal?: AbortSignal): Promise<number[]> {
  const found: number[] = []
  if (needle === '') return found
  const pattern = new RegExp(needle.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu')
  let at = 0
  await betweenFrames((isOver) => {
    for (; at < text.length && found.length < MOST_FOUND; at += CHUNK) {
      // The next chunk begins where this one ends. A match across both is found because each chunk is read further by the
      // length of the search text.
      const chunk = text.slice(at, at + CHUNK + needle.length - 1)
      const from = at
      for (const { index } of chunk.matchAll(pattern)) {
        const last = found.at(-1)
        if (last !== undefined && from + index < last + needle.length) continue
        found.push(from + index)
        if (found.length === MOST_FOUND) return true
      }
      if (isOver()) {
        at += CHUNK
        return at >= text.length
      }
    }
    return true
  }, signal)
  return found
}

/** The positions of these bytes: given as UTF-8 text, or as bytes in the form `0x0d0a`. */
export async function findInBytes(bytes: Uint8Array, typed: string, signal?: AbortSignal): Promise<number[]> {
  const found: number[] = []
  const digits = /^0x((?:[\da-f]{2} ?)+)$/i.exec(typed)?.[1]?.replaceAll(' ', '')
  const needle = digits === undefined ? new TextEncoder().encode(typed) : Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) // oxfmt-ignore
  if (needle.length === 0) return found
  let at = 0
  await betweenFrames((isOver) => {
    for (let looked = 1; found.length < MOST_FOUND; looked += 1) {
      at = bytes.indexOf(needle[0]!, at) // a needle is never empty
      if (at === -1) return true
      if (needle.every((byte, i) => bytes[at + i] === byte)) found.push(at)
      at += 1
      if (looked % 1_024 === 0 && isOver()) return false
    }
    return true
  }, signal)
  return found
}
