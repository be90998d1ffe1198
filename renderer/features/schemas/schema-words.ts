import type { Compatibility, CompatibilityOf, RegistrySchemaType } from '#shared/model/registered-schema.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import { formatGrouped } from '../../ui/format.ts'
import type { CodeLanguage } from '../../ui/code-setup.ts'

export const typeWords: Record<RegistrySchemaType, string> = {
  avro: 'Avro',
  protobuf: 'Protobuf',
  'json-schema': 'JSON Schema',
  other: 'another type',
}

export const kindWords: Record<RegistryKind, string> = {
  confluent: 'Confluent',
  karapace: 'Karapace',
  apicurio: 'Apicurio',
  glue: 'AWS Glue',
  azure: 'Azure',
}

export const languageOf: Record<RegistrySchemaType, CodeLanguage> = {
  avro: 'json',
  'json-schema': 'json',
  protobuf: 'protobuf',
  other: 'text',
}

/** What each level guarantees, in one line; Confluent's own names are shown beside it. */
export const levelWords: Record<Compatibility, string> = {
  NONE: 'any schema is taken',
  BACKWARD: 'new readers read what was written with the version before',
  BACKWARD_TRANSITIVE: 'new readers read what was written with any earlier version',
  FORWARD: 'readers with the version before read what is written new',
  FORWARD_TRANSITIVE: 'readers with any earlier version read what is written new',
  FULL: 'both ways, between one version and the next',
  FULL_TRANSITIVE: 'both ways, between all versions',
}

/** "BACKWARD, as the registry has it". */
export function compatibilityWords({ own, level }: CompatibilityOf): string {
  if (level === null) return 'this registry does not tell'
  return own === null ? `${level}, as the registry has it` : level
}

export const counted = (count: number, one: string): string =>
  `${formatGrouped(count)} ${count === 1 ? one : `${one}s`}`
