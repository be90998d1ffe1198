import { SOME_BYTES_UNKNOWN, SOME_OFFSETS_UNKNOWN, type ThroughputColumns } from '#shared/contract/throughput.ts'

/** How many samples are kept per name: a chart has no more pixels. */
const MOST_LOOKS = 1_500
/** After this long without a sample, the line is interrupted. */
const GAP_MS = 120_000n

/** What a topic or a broker gained up to one sample, per second; null: not known. `…AtLeast`: not all of it is included. */
export interface GainLook {
  readonly at: bigint
  readonly offsets: number | null
  readonly isOffsetsAtLeast: boolean
  /** undefined: sizes were not read in this sample. */
  readonly bytes: number | null | undefined
  readonly isBytesAtLeast: boolean
}

/** All samples that a page holds, by topic or broker. */
export class ThroughputModel {
  readonly #looks = new Map<string, GainLook[]>()

  add({ names, at, name, offsets, bytes, lacks }: ThroughputColumns): void {
    for (let i = 0; i < at.length; i += 1) {
      const time = at[i]! // i < length
      const key = names[name[i]!] ?? '' // all columns have the same length
      let looks = this.#looks.get(key)
      if (looks === undefined) this.#looks.set(key, (looks = []))
      const last = looks.at(-1)
      // Stored samples end where live ones start; two apps may have sampled at the same time.
      if (last !== undefined && last.at >= time) continue
      if (last !== undefined && time - last.at > GAP_MS) looks.push({ ...nothing, at: time - 1n })
      const [perSecond, grew, flags] = [offsets[i]!, bytes[i]!, lacks[i]!] // all columns have the same length
      looks.push({
        at: time,
        offsets: perSecond < 0 ? null : perSecond,
        isOffsetsAtLeast: (flags & SOME_OFFSETS_UNKNOWN) !== 0,
        bytes: grew < 0 ? undefined : grew,
        isBytesAtLeast: (flags & SOME_BYTES_UNKNOWN) !== 0,
      })
      if (looks.length > MOST_LOOKS) looks.splice(0, looks.length - MOST_LOOKS)
    }
  }

  looksOf(name: string): readonly GainLook[] {
    return this.#looks.get(name) ?? []
  }

  /** All names added up, sample by sample. */
  sum(): readonly GainLook[] {
    const sums = new Map<bigint, GainLook>()
    for (const looks of this.#looks.values()) {
      for (const look of looks) {
        const before = sums.get(look.at)
        sums.set(look.at, before === undefined ? look : added(before, look))
      }
    }
    return [...sums.values()].toSorted((a, b) => (a.at < b.at ? -1 : 1))
  }

  /** Offsets per second in the last samples; null: not known then. */
  lineOf(name: string, most: number): (number | null)[] {
    return this.looksOf(name).slice(-most).map(({ offsets }) => offsets) // oxfmt-ignore
  }
}

const nothing: Omit<GainLook, 'at'> = { offsets: null, isOffsetsAtLeast: false, bytes: null, isBytesAtLeast: false }

function added(a: GainLook, b: GainLook): GainLook {
  const both = (one: number | null | undefined, other: number | null | undefined) =>
    one == null ? other : other == null ? one : one + other
  return {
    at: a.at,
    offsets: both(a.offsets, b.offsets) ?? null,
    isOffsetsAtLeast: a.isOffsetsAtLeast || b.isOffsetsAtLeast || (a.offsets === null) !== (b.offsets === null),
    bytes: both(a.bytes, b.bytes),
    isBytesAtLeast: a.isBytesAtLeast || b.isBytesAtLeast || (a.bytes == null) !== (b.bytes == null),
  }
}
