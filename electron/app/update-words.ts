import { access } from 'node:fs/promises'
import path from 'node:path'

export interface Sentence {
  message: string
  hint: string
}

export interface ThisCopy {
  isPackaged: boolean
  platform: NodeJS.Platform
  /** Where electron-builder puts the address of updates. */
  resources: string
  env: Readonly<Record<string, string | undefined>>
}

/** Why this copy of the app cannot update itself, if it cannot. Sends no request: the package decides. */
export async function updateObstacle({
  isPackaged,
  platform,
  resources,
  env,
}: ThisCopy): Promise<Sentence | undefined> {
  if (!isPackaged) {
    return {
      message: 'This copy runs from its sources, which do not update themselves.',
      hint: 'Pull the newest sources and start it again.',
    }
  }
  if (platform === 'win32' && env['PORTABLE_EXECUTABLE_FILE'] !== undefined) {
    return {
      message: 'The portable version does not update itself.',
      hint: 'Put the newest portable file in its place; profiles and settings stay.',
    }
  }
  if (platform === 'linux' && env['APPIMAGE'] === undefined) {
    return {
      message: 'On Linux only the AppImage updates itself.',
      hint: 'Install the newest package, or unpack the newest archive in place of this one; profiles and settings stay.',
    }
  }
  const hasFeed = await access(path.join(resources, 'app-update.yml')).then(
    () => true,
    () => false,
  )
  if (!hasFeed) {
    return {
      message: 'This copy was built without a place to ask for updates.',
      hint: 'Ask whoever built it for the newest version.',
    }
  }
  return undefined
}

/** What went wrong with an update, and what to do; the library's own message if none of ours fits. */
export function updateTrouble(error: unknown): Sentence {
  const text = error instanceof Error ? error.message : String(error)
  const found: unknown = (error as { code?: unknown } | null)?.code
  const code = typeof found === 'string' ? found : ''
  return known.find(({ fits }) => fits.test(`${code} ${text}`))?.say ?? unforeseen(text)
}

const known: readonly { fits: RegExp; say: Sentence }[] = [
  {
    // Squirrel.Mac refuses to replace a program that is not signed.
    fits: /code signature for running application|not signed by the application owner/i,
    say: {
      message: 'The update is not signed by whoever signed this copy, so it was not installed.',
      hint: 'Download the newest version from where you got this one.',
    },
  },
  {
    fits: /sha512 checksum mismatch|ERR_CHECKSUM_MISMATCH/i,
    say: {
      message: 'What was downloaded is not what the release promised, so it was thrown away.',
      hint: 'Try again; if it happens twice, tell whoever makes these releases.',
    },
  },
  {
    fits: /ERR_UPDATER_(LATEST_VERSION_NOT_FOUND|CHANNEL_FILE_NOT_FOUND|NO_PUBLISHED_VERSIONS)|HttpError: 404/,
    say: {
      message: 'No release for this system was found where updates come from.',
      hint: 'Try again later: a release may be on its way.',
    },
  },
  {
    fits: /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ERR_(INTERNET|NAME|CONNECTION|NETWORK|PROXY|TIMED|ADDRESS)/,
    say: {
      message: 'The place where updates come from could not be reached.',
      hint: 'Check the network and the proxy, then try again.',
    },
  },
  {
    fits: /ENOSPC/,
    say: { message: 'The disk is too full for the update.', hint: 'Make room for about 200 MB, then try again.' },
  },
  {
    fits: /EACCES|EPERM|EROFS/,
    say: {
      message: 'The update could not be written where Seekline is installed.',
      hint: 'Move Seekline to a folder of your own, or let an administrator update it.',
    },
  },
]

function unforeseen(text: string): Sentence {
  const first = text.split('\n')[0]?.slice(0, 300) ?? ''
  return { message: 'The update failed.', hint: first === '' ? 'Try again later.' : `${first}\n\nTry again later.` }
}
