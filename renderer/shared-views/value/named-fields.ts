import { createContext } from 'react'
import type { ValuePath } from '#shared/model/row-field.ts'

/** Fields that the search names, to be marked wherever one of its records is shown. */
export const NamedFields = createContext<ReadonlySet<string>>(new Set())

/** The key of a field: `root` is "value", "key", or a header's name. */
export const namedField = (root: string, path: ValuePath): string => JSON.stringify([root, ...path])
