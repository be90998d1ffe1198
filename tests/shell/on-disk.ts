import fs from 'node:fs/promises'
import path from 'node:path'

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
}

/** Those that hold the text in any form that text takes on a disk or in an image of memory. */
export async function holding(files: readonly string[], text: string): Promise<string[]> {
  const forms = [...(['utf8', 'utf16le'] as const).map((encoding) => Buffer.from(text, encoding)), ...(['base64', 'hex'] as const).map((encoding) => Buffer.from(text).toString(encoding))] // oxfmt-ignore
  const found = await Promise.all(
    files.map(async (file) => {
      const content = await fs.readFile(file).catch(() => Buffer.alloc(0))
      return forms.some((form) => content.includes(form)) ? file : []
    }),
  )
  return found.flat()
}
