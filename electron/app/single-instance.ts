import { app } from 'electron'
import { isAbsolute, resolve } from 'node:path'
import { longestLink } from '#shared/links.ts'

export interface InstanceEvents {
  /** A link, not yet parsed: any program or web page can send one. */
  onLink: (url: string) => void
  onFile: (path: string) => void
  /** The app was started again: it should come to the front. */
  onAgain: () => void
}

/**
 * Makes this process the only one for its data folder, and collects what the system hands over: links and files from our own
 * command line, from that of a second start, and from macOS' events. false: another process is running, and was told.
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
  // In a checkout the scheme would be registered for a bare Electron without the app. On Linux the desktop entry registers it,
  // and doing it here would run a program and wait for it.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient('seekline')
  return true
}

/** What a command line asks to open. Flags are Chromium's, and a single folder is how a checkout is started. */
export function openedBy(argv: readonly string[], folder: string): { links: string[]; files: string[] } {
  const links: string[] = []
  const files: string[] = []
  for (const argument of argv) {
    // Cut one character past the limit, so that the page reports what is wrong with it.
    if (/^seekline:/i.test(argument)) links.push(argument.slice(0, longestLink + 1))
    else if (/^[^-].*\.(properties|seekline\.json)$/i.test(argument)) {
      files.push(isAbsolute(argument) ? argument : resolve(folder, argument))
    }
  }
  // One each: a user opens one thing at a time, and a script must not open a hundred.
  return { links: links.slice(0, 1), files: files.slice(0, 1) }
}
