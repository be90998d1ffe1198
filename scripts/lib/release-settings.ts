import type { Configuration } from 'electron-builder'
import { SetupError } from './setup-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where packed apps look for a newer version, from `SEEKLINE_UPDATES`; nowhere if it is not set. */
export function updatesOf(env: Environment): Configuration['publish'] | undefined {
  const value = env['SEEKLINE_UPDATES']
  if (!value) return undefined
  const github = /^github:([\w.-]+)\/([\w.-]+)$/.exec(value)
  if (github !== null) return { provider: 'github', owner: github[1]!, repo: github[2]! } // the pattern always captures both groups
  if (URL.parse(value)?.protocol === 'https:') return { provider: 'generic', url: value }
  throw new SetupError(`SEEKLINE_UPDATES is "${value}": it must be github:<owner>/<repository> or an https address.`)
}

/** The home page that deb and rpm name: `SEEKLINE_HOMEPAGE`, otherwise the repository that a GitHub workflow runs for. */
export function homepageOf(env: Environment): string | undefined {
  if (env['SEEKLINE_HOMEPAGE']) return env['SEEKLINE_HOMEPAGE']
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env
  return server && repository ? `${server}/${repository}` : undefined
}
