import { app } from 'electron'
import { isAbsolute, resolve } from 'node:path'
import { longestLink } from '#shared/links.ts'

export interface InstanceEvents {
  /** A link, unread: whoever may run a program or show a web page can send one. */
  onLink: (url: string) => void
  onFile: (path: string) => void
  /** The app was started again: it should come to the front. */
  onAgain: () => void
}

/**
 * Makes this process the only one of its data folder, and gathers what the system hands over: links and files from our own
 * command line, from a second start's, and from macOS' events. false: another process runs, and has been told.
 */
export function becomeOnlyInstance(events: InstanceEvents): boolean {
  if (!app.requestSingleInstanceLock()) return false
  const take = (argv: readonly string[], folder: string): boolean => {
    const { links, files } = openedBy(argv, folder)
    for (const link of links) events.onLink(link)
    for (const file of files) events.onFile(file)
    return links.length + files.length > 0
  }
  app.on('second-instance', (_, argv, folder) => {
    if (!take(argv.slice(1), folder)) events.onAgain()
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    events.onLink(url.slice(0, longestLink + 1))
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    events.onFile(path)
  })
  take(process.argv.slice(1), process.cwd())
  // In a checkout the scheme would be tied to a bare Electron that knows no app. On Linux the desktop entry names it, and
  // asking for more runs a program and waits for its end.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient('seekline')
  return true
}

/** What a command line asks to be opened. Flags are Chromium's, and a lone folder is a checkout's own start. */
export function openedBy(argv: readonly string[], folder: string): { links: string[]; files: string[] } {
  const links: string[] = []
  const files: string[] = []
  for (const argument of argv) {
    // Cut one past the limit, so that the page says what is wrong with it.
    if (/^seekline:/i.test(argument)) links.push(argument.slice(0, longestLink + 1))
    else if (/^[^-].*\.(properties|seekline\.json)$/i.test(argument)) {
      files.push(isAbsolute(argument) ? argument : resolve(folder, argument))
    }
  }
  // One each: a person opens one thing at a time, and a script must not open a hundred.
  return { links: links.slice(0, 1), files: files.slice(0, 1) }
}
