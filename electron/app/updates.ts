import type { MessageBoxOptions } from 'electron'
import type { AppUpdater } from 'electron-updater'
import { updateTrouble, type Sentence } from './update-words.ts'

/** What we use of electron-updater, with its own declarations. */
export type Updater = Pick<
  AppUpdater,
  'autoDownload' | 'autoInstallOnAppQuit' | 'logger' | 'checkForUpdates' | 'downloadUpdate'
> & { readonly signals: Pick<AppUpdater['signals'], 'progress'> }

export interface UpdateParts {
  /** Why this copy cannot update itself. */
  obstacle: () => Promise<Sentence | undefined>
  /** Loads the library when it is first needed. */
  load: () => Promise<Updater>
  show: (options: MessageBoxOptions) => Promise<{ response: number }>
  /** 0 to 1 while it downloads, then undefined. */
  showProgress: (fraction: number | undefined) => void
  version: string
  quit: () => void
}

type State =
  | { kind: 'idle' }
  | { kind: 'checking' }
  | { kind: 'downloading'; version: string; fraction: number }
  | { kind: 'ready'; version: string }

/**
 * Checks for a newer version only when the user asks: no server is contacted, and nothing is downloaded or installed, without a
 * click.
 */
export function createUpdates(parts: UpdateParts): { check: () => Promise<void> } {
  let state: State = { kind: 'idle' }
  const tell = (message: string, detail: string, buttons = ['OK']): Promise<number> =>
    parts
      .show({ type: 'info', title: 'Updates', message, detail, buttons, defaultId: 0, cancelId: buttons.length - 1 })
      .then(({ response }) => response)

  async function check(): Promise<void> {
    if (state.kind === 'checking') return
    if (state.kind === 'ready') return offerToQuit(state.version)
    if (state.kind === 'downloading') {
      const percent = Math.floor(state.fraction * 100)
      await tell(`Seekline ${state.version} is being downloaded: ${percent} %.`, 'You are told when it is ready.')
      return
    }
    state = { kind: 'checking' }
    try {
      const ready = await lookAndFetch()
      state = ready === undefined ? { kind: 'idle' } : { kind: 'ready', version: ready }
    } catch (error) {
      state = { kind: 'idle' }
      const { message, hint } = updateTrouble(error)
      await tell(message, hint)
    } finally {
      parts.showProgress(undefined)
    }
    if (state.kind === 'ready') await offerToQuit(state.version)
  }

  /** The version that was downloaded, if there was one and the user wanted it. */
  async function lookAndFetch(): Promise<string | undefined> {
    const obstacle = await parts.obstacle()
    if (obstacle !== undefined) {
      await tell(obstacle.message, obstacle.hint)
      return undefined
    }
    const updater = await parts.load()
    updater.logger = null
    updater.autoDownload = false
    updater.autoInstallOnAppQuit = false
    const found = await updater.checkForUpdates()
    if (found === null || !found.isUpdateAvailable) {
      await tell(`Seekline ${parts.version} is the newest version.`, '')
      return undefined
    }
    const { version } = found.updateInfo
    const answer = await tell(
      `Seekline ${version} can be had; this is ${parts.version}.`,
      [notesText(found.updateInfo.releaseNotes), 'It is installed when you quit Seekline.']
        .filter(Boolean)
        .join('\n\n'),
      ['Download and install on quit', 'Not now'],
    )
    if (answer !== 0) return undefined
    // Set before the download: when it ends the library decides whether quitting installs the update.
    updater.autoInstallOnAppQuit = true
    state = { kind: 'downloading', version, fraction: 0 }
    updater.signals.progress(({ percent }) => {
      state = { kind: 'downloading', version, fraction: percent / 100 }
      parts.showProgress(percent / 100)
    })
    await updater.downloadUpdate()
    return version
  }

  async function offerToQuit(version: string): Promise<void> {
    const message = `Seekline ${version} is ready.`
    const answer = await tell(message, 'It is installed when you quit Seekline.', ['Quit and install', 'Later'])
    if (answer === 0) parts.quit()
  }

  return { check }
}

const longestNotes = 1_200

/** Release notes as plain text: GitHub sends HTML, and a message box would show its tags. */
function notesText(notes: string | { note: string | null }[] | null | undefined): string {
  const all = Array.isArray(notes) ? notes.map(({ note }) => note ?? '').join('\n') : (notes ?? '')
  const text = all
    .replaceAll(/<li[^>]*>/g, '• ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
  return text.length > longestNotes ? `${text.slice(0, longestNotes).trimEnd()}…` : text
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
