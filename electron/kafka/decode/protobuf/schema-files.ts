import { create, createFileRegistry, type DescFile, type FileRegistry, fromBinary } from '@bufbuild/protobuf'
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { bytesOfBase64 } from '#shared/bytes.ts'
import { SCHEMA_BYTES, type SchemaText } from '#shared/model/schema.ts'
import { SchemaProblem } from '../codec.ts'
import { builtIn } from './built-in.ts'
import { commonProto } from './common-types.ts'
import { nameTypes } from './type-names.ts'
import { parseProto } from './parse-proto.ts'

/** A schema with all its files: their types, and the schema's own file. */
export interface SchemaFiles {
  registry: FileRegistry
  main: DescFile
}

/**
 * The types of a schema. Its text, and that of each reference, is a .proto, or a descriptor in base64: a FileDescriptorSet, of
 * which the last file is used, or a FileDescriptorProto. Throws `SchemaProblem`.
 */
export function filesOf({ text, references }: SchemaText): SchemaFiles {
  if (references.reduce((sum, one) => sum + one.text.length, text.length) > SCHEMA_BYTES) {
    throw new SchemaProblem('The schema is longer than 5 MiB.')
  }
  const texts = new Map([...references.map(({ name, text: of }): [string, string] => [name, of]), [MAIN, text]])
  const parsed = [...texts].flatMap(([name, of]) => filesIn(of, name))
  const main = parsed.at(-1)! // references are parsed first, and the schema itself last
  // Protobuf's own types cannot be replaced by files registered under their names.
  const files = new Map([...builtIn, ...parsed.filter(({ name }) => !builtIn.has(name)).map((file): [string, FileDescriptorProto] => [file.name, file])]) // oxfmt-ignore
  for (const path of parsed.flatMap(({ dependency }) => dependency)) {
    const common = files.has(path) ? null : commonProto(path)
    if (common !== null) files.set(path, parseProto(common, path))
  }
  const ordered = inOrder(files)
  nameTypes(ordered, texts)
  try {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: ordered }))
    return { registry, main: registry.getFile(main.name)! } // it is one of the files the registry was made from
  } catch (error) {
    throw new SchemaProblem(`The schema contradicts itself: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** The name of the schema's own file, which no other file imports. */
const MAIN = ''

/**
 * Each text may be in either form: some clients register the imports of a schema as descriptors too. The file itself comes
 * last.
 */
function filesIn(text: string, name: string): FileDescriptorProto[] {
  const files = descriptorsIn(text)
  if (files === null) return [parseProto(text, name)]
  // It is imported by the name of the reference, whatever name it has itself.
  if (name !== MAIN) files.at(-1)!.name = name // a file was pushed just above
  return files
}

/** null: the text is a .proto, which has characters that base64 does not. */
function descriptorsIn(text: string): FileDescriptorProto[] | null {
  if (!/^[\w+/=\s-]+$/.test(text)) return null
  const bytes = bytesOfBase64(text)
  if (bytes === null) return null
  for (const read of [
    () => fromBinary(FileDescriptorSetSchema, bytes).file,
    () => [fromBinary(FileDescriptorProtoSchema, bytes)],
  ]) {
    try {
      const files = read()
      if (files.length > 0 && files.every(isFile)) return files.map(readable)
    } catch {
      // Then it is the other form, or neither.
    }
  }
  throw new SchemaProblem('The schema looks like base64, and is no descriptor of Protobuf.')
}

function isFile({ name, messageType, enumType, extension, dependency }: FileDescriptorProto): boolean {
  return name !== '' && messageType.length + enumType.length + extension.length + dependency.length > 0
}

/** Services are not needed, and may name types that are missing. */
function readable(file: FileDescriptorProto): FileDescriptorProto {
  file.service = []
  return file
}

/** Files after those that they import; missing imports are skipped, because their types may not be needed. */
function inOrder(files: ReadonlyMap<string, FileDescriptorProto>): FileDescriptorProto[] {
  const ordered: FileDescriptorProto[] = []
  const states = new Map<string, 'open' | 'done'>()
  for (const first of files.keys()) {
    const open = [{ name: first, next: 0 }]
    while (open.length > 0) {
      const { name, next } = open.at(-1)! // the list is not empty, as the loop checks
      const file = files.get(name)! // only names of files in the map are pushed
      if (next === 0) {
        if (states.get(name) === 'done') {
          open.pop()
          continue
        }
        states.set(name, 'open')
      }
      const imported = file.dependency[next]
      open.at(-1)!.next += 1 // the file at the top is still the one being read
      if (imported === undefined) {
        states.set(name, 'done')
        ordered.push(file)
        open.pop()
      } else if (states.get(imported) === 'open') {
        throw new SchemaProblem(`Its imports lead in a circle: ${[...open.slice(open.findIndex((one) => one.name === imported)).map((one) => one.name), imported].map((one) => one || 'the schema').join(' → ')}.`) // oxfmt-ignore
      } else if (files.has(imported) && states.get(imported) !== 'done') open.push({ name: imported, next: 0 })
    }
  }
  return ordered
}
