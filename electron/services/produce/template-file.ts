import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { safeFileName } from '#shared/model/file-names.ts'
import { ProduceTemplates, templateKey, type ProduceTemplate } from '#shared/model/produce.ts'
import { parseShallow } from '#shared/parse-shallow.ts'
import { mark, unmark } from '../../storage/marked-json.ts'
import { templatesVersion } from '../../storage/produce-templates.ts'

const kind = 'seekline.templates'

const File = z.strictObject({ kind: z.literal(kind), version: z.number().int().min(1), templates: ProduceTemplates })

/** The text of a file to share with a team: readable, and identical for identical templates, so that diffs are meaningful. */
export function templateFile(
  profileName: string,
  templates: readonly ProduceTemplate[],
): { name: string; text: string } {
  const sorted = templates.toSorted((a, b) => (templateKey(a) < templateKey(b) ? -1 : 1))
  const safe = safeFileName(profileName.replaceAll(/[^\w.-]+/g, '_').slice(0, 80), 'profile')
  return {
    name: `${safe}.templates.json`,
    text: `${JSON.stringify(mark({ kind, version: templatesVersion, templates: sorted }), null, 2)}\n`,
  }
}

/** Throws if the text is not such a file. */
export function readTemplateFile(text: string): ProduceTemplates {
  let json: unknown
  try {
    json = unmark(parseShallow(text))
  } catch (error) {
    throw unreadable(error instanceof SyntaxError ? error.message : 'it is not JSON')
  }
  const version = z.looseObject({ kind: z.literal(kind), version: z.number() }).safeParse(json)
  if (!version.success) throw unreadable('it is no file of templates')
  if (version.data.version > templatesVersion) {
    throw new SeeklineError('call.invalid', 'This file of templates was written by a newer Seekline.', {
      hint: 'Update Seekline.',
    })
  }
  const parsed = File.safeParse(json)
  if (parsed.success) return parsed.data.templates
  const issue = parsed.error.issues[0]
  throw unreadable(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`)
}

/** Both lists, where the given templates replace others with the same name and topic. */
export function mergedTemplates(
  before: readonly ProduceTemplate[],
  given: readonly ProduceTemplate[],
): ProduceTemplates {
  const byKey = new Map([...before, ...given].map((one) => [templateKey(one), one]))
  const merged = ProduceTemplates.safeParse([...byKey.values()])
  if (merged.success) return merged.data
  throw new SeeklineError('call.invalid', merged.error.issues[0]?.message ?? 'Too many templates.')
}

function unreadable(why: string): SeeklineError {
  return new SeeklineError('call.invalid', `The file of templates cannot be read: ${why}.`, {
    hint: 'Export it again where it came from.',
  })
}
