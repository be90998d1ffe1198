/** A Map with a million entries copies all of them when it grows, which blocks the thread for a fifth of a second. */
const PARTS = 256

/** A map by topic name, split into parts that each grow quickly. Unordered. */
export class ByName<T> {
  private readonly parts = Array.from({ length: PARTS }, () => new Map<string, T>())
  #size = 0

  get size(): number {
    return this.#size
  }

  get(name: string): T | undefined {
    return this.part(name).get(name)
  }

  set(name: string, value: T): void {
    const part = this.part(name)
    const before = part.size
    part.set(name, value)
    this.#size += part.size - before
  }

  delete(name: string): void {
    if (this.part(name).delete(name)) this.#size--
  }

  /** The values from the given index on, as many as asked for; the values before are skipped without visiting each. */
  slice(from: number, limit: number): T[] {
    const found: T[] = []
    let before = 0
    for (const part of this.parts) {
      if (before + part.size > from) {
        let at = before
        for (const value of part.values()) {
          if (found.length === limit) return found
          if (at++ >= from) found.push(value)
        }
      }
      before += part.size
    }
    return found
  }

  private part(name: string): Map<string, T> {
    // Names differ most at their end, where the numbers are.
    let hash = name.length
    for (let at = name.length - 1, left = 8; at >= 0 && left > 0; at--, left--) {
      hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0
    }
    return this.parts[(hash ^ (hash >>> 8)) & (PARTS - 1)]! // the mask keeps the index below PARTS
  }
}
