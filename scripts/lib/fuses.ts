import fs from 'node:fs/promises'
import path from 'node:path'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { parse } from 'yaml'
import { repoRoot } from './paths.ts'

export interface FuseReading {
  name: string
  wanted: boolean
  /** Undefined: this Electron has no such fuse. */
  found: boolean | undefined
}

/** Every fuse that electron-builder.yml sets, with its state in the packed program. */
export async function readFuses(program: string): Promise<FuseReading[]> {
  const config = parse(await fs.readFile(path.join(repoRoot, 'electron-builder.yml'), 'utf8')) as {
    electronFuses: Record<string, boolean>
  }
  const wire = await getCurrentFuseWire(program)
  return Object.entries(config.electronFuses).map(([name, wanted]) => {
    const option = FuseV1Options[(name[0]!.toUpperCase() + name.slice(1)) as keyof typeof FuseV1Options] // the name of a fuse is never empty
    const state = wire[option] as number | undefined
    return { name, wanted, found: state === undefined ? undefined : String.fromCharCode(state) === '1' }
  })
}

/** The programs that electron-builder left unpacked in a folder: one for each architecture. */
export async function packedPrograms(output: string): Promise<string[]> {
  const folders = await fs.readdir(output).catch(() => [])
  return folders.flatMap((folder) => {
    const file = (...parts: string[]): string[] => [path.join(output, folder, ...parts)]
    if (/^linux(-\w+)?-unpacked$/.test(folder)) return file('seekline')
    if (/^win(-\w+)?-unpacked$/.test(folder)) return file('Seekline.exe')
    return /^mac(-\w+)?$/.test(folder) ? file('Seekline.app') : []
  })
}
