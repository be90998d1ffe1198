import type { Ref } from 'react'
import type { SchemaVersion } from '#shared/model/registered-schema.ts'
import { CodeView } from '../../ui/code-view.tsx'
import type { FindHandle } from '../../ui/find-bar.tsx'
import { JsonView } from '../../ui/json-view.tsx'
import { languageOf } from './schema-words.ts'

export interface SchemaCodeProps {
  schema: Pick<SchemaVersion, 'type' | 'text'>
  label: string
  find?: Ref<FindHandle> | undefined
}

/** A read-only schema. JSON is indented, because many registries store it as one line; copying gives the text as registered. */
export function SchemaCode({ schema: { type, text }, label, find }: SchemaCodeProps) {
  const language = languageOf[type]
  // `"string"` is an Avro schema, and some registries store it as a bare `string`.
  if (language === 'json' && /^\s*["{[]/.test(text)) return <JsonView label={label} text={text} find={find} />
  return <CodeView label={label} text={text} language={language === 'json' ? 'text' : language} find={find} />
}
