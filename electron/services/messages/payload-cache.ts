import type { OffsetContent } from '../../kafka/log-reader.ts'

const MAX_BYTES = 64 << 20
const MAX_AGE_MS = 60_000

interface Entry {
  found: Promise<OffsetContent>
  bytes: number
  at: number
}

/** Caches the records opened last, at most 64 MiB and for a minute; concurrent calls for the same record share a fetch. */
export function createPayloadCache() {
  const entries = new Map<string, Entry>()

  function trim(): void {
    let total = [...entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
    for (const [key, entry] of entries) {
      if (total <= MAX_BYTES && Date.now() - entry.at < MAX_AGE_MS) return
      total -= entry.bytes
      entries.delete(key)
    }
  }

  return {
    /** `fresh`: do not use the cache, because a transaction may have ended. */
    async get(key: string, fresh: boolean, load: () => Promise<OffsetContent>): Promise<OffsetContent> {
      trim()
      const known = entries.get(key)
      entries.delete(key)
      if (known !== undefined && !fresh) {
        entries.set(key, known)
        return await known.found.catch(() => load())
      }
      const entry: Entry = { found: load(), bytes: 0, at: Date.now() }
      entries.set(key, entry)
      try {
        const found = await entry.found
        const { decoded } = found
        // Other results may change: an offset may get a record, a transaction may end. Only records are cached.
        if (decoded.kind !== 'record') entries.delete(key)
        else {
          const { key: itsKey, value, headers } = decoded
          entry.bytes = (itsKey?.length ?? 0) + (value?.length ?? 0) + headers.bytes.length + 1_024
        }
        trim()
        return found
      } catch (error) {
        entries.delete(key)
        throw error
      }
    },
  }
}
