import { createContext } from 'react'
import type { ValuePath } from '#shared/model/row-field.ts'

/** Fields that the list was searched by, to be marked wherever one of its records is shown. */
export const NamedFields = createContext<ReadonlySet<string>>(new Set())

/** As they are told apart there: `root` is "value", "key", or a header's name. */
export const namedField = (root: string, path: ValuePath): string => JSON.stringify([root, ...path])
