import { SeeklineError } from '#shared/errors.ts'
import type { Api } from './client.ts'

/** A blob, for content that is too large to be built in one piece. */
export type FileContent = string | Uint8Array<ArrayBuffer> | Blob

export interface Files {
  /** The name it was saved under; null if the user cancelled. */
  save: (name: string, content: FileContent, type: string) => Promise<string | null>
  /** A text file that the user chooses, small unless stated otherwise; null if none was chosen. */
  open: (
    title: string,
    extensions: readonly string[],
    mostBytes?: number,
  ) => Promise<{ name: string; text: string } | null>
}

/** Saving and opening files: with the system's dialogs in the desktop app, with the browser's own elsewhere. */
export function createFiles(api: Pick<Api, 'call'>, isDesktop: boolean): Files {
  if (!isDesktop) return { save: download, open: pick }
  return {
    save: async (name, content) => {
      const sent = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content
      return (await api.call('shell.saveFile', { name, content: sent })).saved
    },
    open: async (title, extensions, mostBytes) =>
      (await api.call('shell.openFile', { title, extensions: [...extensions], ...(mostBytes === undefined ? {} : { mostBytes }) })).file, // oxfmt-ignore
  }
}

function download(name: string, content: FileContent, type: string): Promise<string> {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download keeps its own reference once started; a moment is enough for that.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
  return Promise.resolve(name)
}

function pick(
  _: string,
  extensions: readonly string[],
  mostBytes = Infinity,
): Promise<{ name: string; text: string } | null> {
  return new Promise((resolve, reject) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = extensions.map((extension) => `.${extension}`).join(',')
    input.addEventListener('cancel', () => resolve(null))
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (file === undefined) resolve(null)
      else if (file.size > mostBytes)
        reject(new SeeklineError('call.invalid', `${file.name} is larger than ${mostBytes} bytes.`, { hint: 'Choose another file.' })) // oxfmt-ignore
      else file.text().then((text) => resolve({ name: file.name, text }), reject)
    })
    input.click()
  })
}
