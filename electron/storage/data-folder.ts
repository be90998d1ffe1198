import { homedir } from 'node:os'
import { isAbsolute, posix, resolve, win32 } from 'node:path'

export interface Surroundings {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  home: string
}

/**
 * The one folder for everything that Seekline stores, the same for the app, the loopback server and the shell. The app puts
 * Chromium's own files into a folder below it ({@link windowFolder}), so that `SEEKLINE_HOME` moves everything.
 */
export function dataFolder(given: Partial<Surroundings> = {}): string {
  const { env = process.env, platform = process.platform, home = homedir() } = given
  const named = env['SEEKLINE_HOME']
  if (named !== undefined && named !== '') return resolve(named)
  if (platform === 'win32') return win32.join(env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming'), 'Seekline')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Seekline')
  // The XDG standard says that a relative path must be ignored.
  const xdg = env['XDG_DATA_HOME']
  return posix.join(xdg !== undefined && isAbsolute(xdg) ? xdg : posix.join(home, '.local', 'share'), 'seekline')
}

/** For Electron's `userData`: cookies, caches and the like, which no other process of ours reads. */
export function windowFolder(folder: string): string {
  return resolve(folder, 'window')
}
