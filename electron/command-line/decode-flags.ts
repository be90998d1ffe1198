import { readFile } from 'node:fs/promises'
import { SeeklineError } from '#shared/errors.ts'
import { DecodeRule } from '#shared/model/decode-choice.ts'
import { decodeFile } from '#shared/model/decode-file.ts'
import { parseShallow } from '#shared/parse-shallow.ts'

/**
 * The rules of --decode-by and --decode-as, as texts of decode files in the order in which they apply; `topic` is the one that
 * is read.
 */
export async function decodeTexts(
  files: readonly string[],
  choices: readonly string[],
  topic = '*',
): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => read(file)))
  const rules = await Promise.all(choices.map((choice) => ruleOf(choice, topic)))
  return [...texts, ...rules.map((rule) => decodeFile('shell', [rule]).text)]
}

/** `value=msgpack`, `header.trace={"as":"json"}`, `value=avro:orders.avsc`. */
async function ruleOf(flag: string, topic: string): Promise<DecodeRule> {
  const at = flag.indexOf('=')
  const [part = '', ...name] = flag.slice(0, Math.max(0, at)).split('.')
  const choice = at < 0 ? null : await choiceOf(flag.slice(at + 1))
  const header = name.length === 0 ? {} : { header: name.join('.') }
  const rule = DecodeRule.safeParse({ topic, part, ...header, chain: [choice] })
  if (rule.success) return rule.data
  throw new SeeklineError('call.invalid', `--decode-as cannot be read: ${flag.slice(0, 200)}`, {
    hint: 'Such as value=msgpack, key=hex, header.trace=json, value=avro:orders.avsc, or value={"as":"primitive","type":"long"}.',
  })
}

async function choiceOf(text: string): Promise<unknown> {
  if (text.startsWith('avro:')) return { as: 'avro', schema: await read(text.slice('avro:'.length)) }
  if (!text.startsWith('{')) return { as: text }
  try {
    return parseShallow(text)
  } catch {
    return null
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SeeklineError('call.invalid', `${file} could not be read: ${why}.`)
  }
}
