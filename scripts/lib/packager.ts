import fs from 'node:fs/promises'
import path from 'node:path'
import { Arch, build, Platform, type Configuration } from 'electron-builder'
import { repoRoot } from './paths.ts'
import { SetupError } from './setup-error.ts'

export interface PackOptions {
  /** The unpacked folder, every installer that electron-builder.yml names for this platform, or only those named here. */
  targets: 'folder' | 'installers' | readonly string[]
  /** An unpacked Electron, or a folder with its zip files; left out: electron-builder downloads the version in package.json. */
  electronDist?: string
  /** Packed instead of this repository's package.json and `out/`: the shell tests' build for an older Electron. */
  appFolder?: string
  output?: string
  /** Where the packed app looks for a newer version; with it, the files that such a place needs are made, too. */
  updates?: Configuration['publish']
  homepage?: string
  /** The inspector stays usable: the shell tests inspect the packed app's main process. Never for a release. */
  isInspectable?: boolean
}

/** Packs the result of `npm run build` by electron-builder.yml; returns the files it wrote. It never uploads anything. */
export async function packApp(options: PackOptions): Promise<string[]> {
  const electronDist = options.electronDist ?? (process.env['ELECTRON_DIST'] || undefined)
  const electronVersion = electronDist === undefined ? undefined : await versionOf(electronDist)
  const { targets } = options
  const kinds = targets === 'folder' ? ['dir'] : targets === 'installers' ? [] : [...targets]
  const config: Configuration = {
    ...(electronDist === undefined ? {} : { electronDist }),
    ...(electronVersion === undefined ? {} : { electronVersion }),
    // Fuses came with Electron 12: an older one has none.
    ...(electronVersion !== undefined && major(electronVersion) < 12
      ? { electronFuses: null }
      : options.isInspectable === true
        ? { electronFuses: { enableNodeCliInspectArguments: true } }
        : {}),
    ...(options.updates === undefined ? {} : { publish: options.updates }),
    ...(options.homepage === undefined ? {} : { extraMetadata: { homepage: options.homepage } }),
    // A given Electron still contains its own welcome app.
    afterExtract: ({ appOutDir }) => fs.rm(path.join(appOutDir, 'resources', 'default_app.asar'), { force: true }),
    directories: {
      ...(options.appFolder === undefined ? {} : { app: options.appFolder }),
      ...(options.output === undefined ? {} : { output: options.output }),
    },
  }
  const archs = targets === 'installers' ? [] : [process.arch === 'arm64' ? Arch.arm64 : Arch.x64]
  try {
    return await build({
      projectDir: repoRoot,
      publish: 'never',
      targets: Platform.current().createTarget(kinds, ...archs),
      config,
    })
  } catch (error) {
    const reason = missingDownload(error)
    if (reason === undefined) throw error
    throw new SetupError(await sayWhatIsMissing(reason, electronDist !== undefined))
  }
}

/** Electron has its version in a file beside its program; a folder with zip files must have the version in package.json. */
async function versionOf(folder: string): Promise<string | undefined> {
  const stat = await fs.stat(folder).catch(() => undefined)
  if (stat === undefined) throw new SetupError(`ELECTRON_DIST names ${folder}, which is not there.`)
  if (!stat.isDirectory()) return undefined
  const written = await fs.readFile(path.join(folder, 'version'), 'utf8').catch(() => '')
  return /^v?(\d+\.\d+\.\d+\S*)/.exec(written.trim())?.[1]
}

/** What electron-builder could not download, if that is why it failed. */
function missingDownload(error: unknown): string | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown }
  const isNetwork =
    typeof code === 'string' && ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'].includes(code)
  return isNetwork ? String(message) : undefined
}

async function sayWhatIsMissing(reason: string, hasElectron: boolean): Promise<string> {
  if (hasElectron) {
    return `A tool that makes this kind of package could not be downloaded (${reason}): docs/releasing.md says how to give it; \`npm run pack\` needs none.`
  }
  const file = path.join(repoRoot, 'node_modules', 'electron', 'package.json')
  const { version } = JSON.parse(await fs.readFile(file, 'utf8')) as { version: string }
  const zip = `electron-v${version}-${process.platform}-${process.arch}.zip`
  return `Electron ${version} could not be downloaded (${reason}): set ELECTRON_DIST to a folder where it lies unpacked, or to one that holds ${zip}.`
}

const major = (version: string): number => Number(version.split('.')[0])
