import {
  type DescriptorProto,
  FieldDescriptorProto_Type as FieldType,
  type FieldDescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt'
import { SchemaProblem } from '../codec.ts'
import { placeOfWord } from './proto-scan.ts'

type Kind = FieldType.MESSAGE | FieldType.ENUM

/**
 * Gives each field the full name of its type, and whether it is a message or an enum. Missing imports are skipped: an error
 * occurs where a type of theirs is used. Throws `SchemaProblem`, with a line if `texts` has the file.
 */
export function nameTypes(files: readonly FileDescriptorProto[], texts: ReadonlyMap<string, string>): void {
  const types = typesIn(files)
  const names = new Set(files.map(({ name }) => name))
  for (const file of files) {
    const missing = file.dependency.filter((name) => !names.has(name))
    file.dependency = file.dependency.filter((name) => names.has(name))
    // The indexes of imports have changed.
    file.publicDependency = []
    file.weakDependency = []
    const find = (name: string, scope: string): [string, Kind] | null => {
      for (const full of candidates(name, scope)) {
        const kind = types.get(full)
        if (kind !== undefined) return [full, kind]
      }
      return null
    }
    const nameField = (field: FieldDescriptorProto, scope: string): void => {
      if (field.jsonName === '') field.jsonName = field.name
      if (field.typeName === '') return
      const found = find(field.typeName, scope)
      if (found === null) throw unknownType(field, file.name, texts.get(file.name), missing)
      field.typeName = `.${found[0]}`
      if (field.type !== FieldType.GROUP) field.type = found[1]
    }
    // Custom options extend types that may be missing: nothing is lost without them.
    const extensionsOf = (all: FieldDescriptorProto[], scope: string): FieldDescriptorProto[] =>
      all.filter((field) => {
        const extended = find(field.extendee, scope)
        if (extended?.[1] !== FieldType.MESSAGE) return false
        field.extendee = `.${extended[0]}`
        nameField(field, scope)
        return true
      })
    const nameMessage = (message: DescriptorProto, outer: string): void => {
      const scope = joined(outer, message.name)
      for (const field of message.field) nameField(field, scope)
      message.extension = extensionsOf(message.extension, scope)
      for (const nested of message.nestedType) nameMessage(nested, scope)
    }
    for (const message of file.messageType) nameMessage(message, file.package)
    file.extension = extensionsOf(file.extension, file.package)
  }
}

function typesIn(files: readonly FileDescriptorProto[]): Map<string, Kind> {
  const types = new Map<string, Kind>()
  const add = (name: string, kind: Kind, file: string): void => {
    if (types.has(name)) throw new SchemaProblem(`The type ${name} is declared twice.`, file === '' ? name : file)
    types.set(name, kind)
  }
  const addMessage = (message: DescriptorProto, scope: string, file: string): void => {
    const name = joined(scope, message.name)
    add(name, FieldType.MESSAGE, file)
    for (const one of message.enumType) add(joined(name, one.name), FieldType.ENUM, file)
    for (const one of message.nestedType) addMessage(one, name, file)
  }
  for (const { name, package: scope, messageType, enumType } of files) {
    for (const one of enumType) add(joined(scope, one.name), FieldType.ENUM, name)
    for (const one of messageType) addMessage(one, scope, name)
  }
  return types
}

/** What a name may refer to in a scope: from the innermost scope outwards; with a leading dot only itself. */
function candidates(name: string, scope: string): string[] {
  if (name.startsWith('.')) return [name.slice(1)]
  const parts = scope === '' ? [] : scope.split('.')
  return [...parts.map((_, i) => [...parts.slice(0, parts.length - i), name].join('.')), name]
}

function joined(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}

function unknownType(
  { name, typeName }: FieldDescriptorProto,
  file: string,
  text: string | undefined,
  missing: readonly string[],
): SchemaProblem {
  const from = missing.length === 0 ? 'No import of it is missing' : `It may be in ${missing.slice(0, 5).join(', ')}, which is imported and not there` // oxfmt-ignore
  const place = text === undefined ? null : placeOfWord(file, text, typeName)
  return new SchemaProblem(
    `There is no type "${typeName.slice(0, 200)}" for the field "${name}". ${from}.`,
    place ?? name,
  )
}
