import type { z } from 'zod'

/** Repeatable random numbers: the same seed gives the same attack. */
export interface Chance {
  readonly seed: number
  below(n: number): number
  pick<T>(list: readonly T[]): T
}

export function chance(seed: number): Chance {
  let state = seed | 0 || 1
  const below = (n: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
  return { seed, below, pick: (list) => list[below(list.length)]! }
}

type Kind = 'string' | 'number' | 'bigint' | 'boolean' | 'null' | 'undefined' | 'array' | 'object' | 'bytes'

/** One place in an input: what is allowed there, and how to put something else there. */
interface Place {
  path: string
  kinds: ReadonlySet<Kind> | 'any'
  isObject: boolean
  put(value: unknown): void
  get(): unknown
}

/** An input of the right shape (refinements may still refuse it), and every place in it. */
export function sampleInput(schema: z.ZodType, random: Chance): { value: unknown; places: Place[] } {
  const places: Place[] = []
  const holder: { value: unknown } = { value: undefined }
  holder.value = build(schema, random, places, holder, 'value', '')
  return { value: holder.value, places }
}

/**
 * The input with one invalid place: a value of a kind that the place does not allow, an unknown key, a missing key, a
 * key that reaches a prototype. By construction no schema may accept it.
 */
export function spoiltInput(schema: z.ZodType, random: Chance): { input: unknown; what: string; prototype: boolean } {
  const holder: { value: unknown } = { value: undefined }
  const places: Place[] = []
  holder.value = build(schema, random, places, holder, 'value', 'input')
  const typed = places.filter((place) => place.kinds !== 'any')
  const place = random.pick(typed)
  if (place.isObject && random.below(3) === 0) {
    const object = place.get() as Record<string, unknown>
    const key = random.pick(['extra', '', 'toString', 'then', '\u202e', '__proto__', 'constructor', 'prototype'])
    Object.defineProperty(object, key, { value: odd(random), enumerable: true, writable: true, configurable: true })
    const prototype = key === '__proto__' || key === 'constructor' || key === 'prototype'
    return { input: holder.value, what: `${place.path} with the key ${JSON.stringify(key)}`, prototype }
  }
  const wrong = wrongValue(place.kinds as ReadonlySet<Kind>, random)
  place.put(wrong.value)
  return { input: holder.value, what: `${place.path} as ${wrong.kind}`, prototype: false }
}

const long = 'x'.repeat(10_000)
const many = Array.from({ length: 1_000 }, () => 0)

const values: Record<Kind, (random: Chance) => unknown> = {
  string: (r) => r.pick(['', 'x', '0', '__proto__', '<script>', '\u202eevil', '\0', '9'.repeat(40), long]),
  number: (r) => r.pick([0, -1, 1.5, Number.NaN, Infinity, -Infinity, -0, 2 ** 53, 2 ** 31]),
  bigint: (r) => r.pick([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]),
  boolean: (r) => r.below(2) === 0,
  null: () => null,
  undefined: () => undefined,
  array: (r) => r.pick([[], [null], [[[[]]]], r.below(50) === 0 ? many : [0]]),
  object: (r) =>
    r.pick<object>([{}, { toString: 1, valueOf: 2 }, { length: 1e9 }, { then: 'x' }, { code: 'internal' }]),
  bytes: () => new Uint8Array([1, 2, 3]),
}

function wrongValue(kinds: ReadonlySet<Kind>, random: Chance): { kind: Kind; value: unknown } {
  // Absent and undefined are the same on the wire, and a default may be used.
  const other = (Object.keys(values) as Kind[]).filter((kind) => !kinds.has(kind) && kind !== 'undefined')
  const kind = random.pick(other)
  return { kind, value: values[kind](random) }
}

/** Any value that a message can carry. */
export function odd(random: Chance, depth = 0): unknown {
  const kind = random.pick(Object.keys(values) as Kind[])
  if (depth < 4 && random.below(4) === 0) {
    if (random.below(2) === 0) return Array.from({ length: random.below(5) }, () => odd(random, depth + 1) ?? null)
    return Object.fromEntries(
      Array.from({ length: random.below(4) }, (_, i) => [`k${i}`, odd(random, depth + 1) ?? null]),
    )
  }
  return values[kind](random) ?? null
}

/** Values that a structured clone can carry and the contract does not allow. */
export function unfit(random: Chance): unknown {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  let deep: unknown = []
  for (let i = 0; i < 500; i += 1) deep = [deep]
  return random.pick([
    cycle,
    [cycle],
    deep,
    new Map([['a', 1]]),
    new Set([1]),
    new Date(0),
    /x+/,
    new Error('x'),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
    new Uint16Array(4),
    2n ** 70n,
    JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown,
    { constructor: { prototype: { isAdmin: true } } },
    Object.defineProperty({}, 'trap', { enumerable: true, get: () => new Map() }),
  ])
}

// The part of Zod's own description of a schema that the contract uses.
interface Def {
  type: string
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  innerType?: z.ZodType
  in?: z.ZodType
  options?: z.ZodType[]
  values?: unknown[]
  entries?: Record<string, string>
  keyType?: z.ZodType
  valueType?: z.ZodType
  /** The items of a tuple; its rest may be left out. */
  items?: z.ZodType[]
  getter?: () => z.ZodType
}

function build(
  schema: z.ZodType,
  random: Chance,
  places: Place[],
  parent: object,
  key: string | number,
  path: string,
  outer: readonly Kind[] = [],
): unknown {
  const def = schema._zod.def as unknown as Def
  const slots = parent as Record<string | number, unknown>
  const place = (kind: Kind | 'any', isObject = false): void => {
    places.push({
      path,
      kinds: kind === 'any' ? 'any' : new Set<Kind>([kind, ...outer]),
      isObject,
      put: (value) => {
        slots[key] = value
      },
      get: () => slots[key],
    })
  }
  const inner = (one: z.ZodType, more: readonly Kind[] = []): unknown =>
    build(one, random, places, parent, key, path, [...outer, ...more])
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
      return inner(def.innerType!, ['undefined'])
    case 'nullable':
      return inner(def.innerType!, ['null'])
    case 'readonly':
      return inner(def.innerType!)
    case 'pipe':
      return inner(def.in!)
    case 'lazy':
      // A recursive schema contains itself in only a few of its alternatives, so this ends.
      return inner(def.getter!())
    case 'union': {
      // Another alternative of a plain union may accept the value; only inside discriminated unions are values made invalid.
      const option = random.pick(def.options!)
      if ('discriminator' in def) return inner(option)
      place('any')
      return build(option, random, [], parent, key, path)
    }
    case 'object': {
      place('object', true)
      const object: Record<string, unknown> = {}
      for (const [name, field] of Object.entries(def.shape!)) {
        const value = build(field, random, places, object, name, `${path}.${name}`)
        if (value !== undefined) object[name] = value
      }
      return object
    }
    case 'array': {
      place('array')
      const list: unknown[] = []
      const length = 1 + random.below(2)
      for (let i = 0; i < length; i += 1) {
        list.push(build(def.element!, random, places, list, i, `${path}[${i}]`))
      }
      return list
    }
    case 'tuple': {
      place('array')
      const list: unknown[] = []
      for (const [i, item] of def.items!.entries()) {
        list.push(build(item, random, places, list, i, `${path}[${i}]`))
      }
      return list
    }
    case 'record': {
      place('object')
      return {}
    }
    case 'string':
      place('string')
      return fitting(schema, ['x', 'host:9092', '${env:NAME}'])
    case 'number':
    case 'int':
      place('number')
      return fitting(schema, [1, 200])
    case 'bigint':
      place('bigint')
      return 1n
    case 'boolean':
      place('boolean')
      return true
    case 'null':
      place('null')
      return null
    case 'literal':
      place(kindOf(def.values![0]))
      return def.values![0]
    case 'enum':
      place('string')
      return Object.values(def.entries!)[0]
    case 'custom':
      place('bytes')
      return new Uint8Array([1])
    case 'unknown':
    case 'any':
      place('any')
      return null
    default:
      throw new Error(`No sample is known for zod's ${def.type} at ${path}.`)
  }
}

/** Some texts and numbers have further rules: an address, a width. */
function fitting(schema: z.ZodType, candidates: readonly unknown[]): unknown {
  const known = fits.get(schema) ?? candidates.find((one) => schema.safeParse(one).success) ?? candidates[0]
  fits.set(schema, known)
  return known
}
const fits = new Map<z.ZodType, unknown>()

function kindOf(value: unknown): Kind {
  if (value === null) return 'null'
  return typeof value as Kind
}
