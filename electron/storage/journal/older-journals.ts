import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SeeklineError } from '#shared/errors.ts'
import { freeName, listFolder, makeFolder, storageFailed, syncFolder } from '../atomic-files.ts'
import { decodeLine, encodeLine } from './journal-codec.ts'
import { openSegments, segmentName } from './journal-segments.ts'
import { withLock } from '../lock.ts'
import { withPlaces } from './older-ranges.ts'

/** Before one journal held all changes, each of these two kinds had a series of files. */
const oldNames = ['positions', 'replays'] as const
type OldName = (typeof oldNames)[number]

const oldFile = /^(positions|replays)-\d{6,}\.jsonl$/
/** The folder for the old files, unchanged, once their lines were converted. */
const KEPT = 'migrated'
const UNFINISHED = '.migrating'

interface OldLine {
  at: bigint
  /** Identifies the line: an earlier run that was interrupted may have converted it already. */
  key: string
  text: string
}

/**
 * Converts the lines of the old journals to the current one, ordered by time, and moves the old files aside. A line that cannot
 * be read is copied as it is, and reading the journal reports it. New files appear by renaming once they are complete, and
 * their lines are not converted twice: so this may be interrupted anywhere and started again. If an older Seekline runs
 * afterwards it starts its files again, and the next start converts those as well.
 */
export async function takeOverOldJournals(folder: string, name: string, maxBytes = 1_048_576): Promise<string[]> {
  if (!(await listFolder(folder)).some((file) => oldFile.test(file))) return []
  return withLock(join(folder, `.${name}.lock`), async (lock) => {
    const problems: string[] = []
    const taken: string[] = []
    const series = new Map<OldName, OldLine[]>()
    for (const old of oldNames) series.set(old, await linesOf(folder, old, taken, problems))
    const known = await knownIn(folder, name)
    const lines = merged([...series.values()]).filter((line) => !known.has(line.key))
    await lock.assertHeld()
    try {
      await writeSegments(folder, name, lines, maxBytes)
      await moveAside(folder, taken)
    } catch (error) {
      throw storageFailed(`The journal in ${folder} could not be brought to this version`, error)
    }
    return problems
  })
}

/** Oldest first. A file that is not one of ours stays where it is, and is named. */
async function linesOf(folder: string, name: OldName, taken: string[], problems: string[]): Promise<OldLine[]> {
  const segments = openSegments(folder, name, 0)
  const lines: OldLine[] = []
  let at = 0n
  for (const file of (await segments.names()).toReversed()) {
    try {
      for (const text of await segments.lines(file)) {
        const line = upgraded(name, text)
        at = line?.at ?? at
        lines.push(line ?? { at, key: text, text: `${text}\n` })
      }
      taken.push(file)
    } catch (error) {
      if (!(error instanceof SeeklineError) || error.code !== 'storage.damaged') throw error
      problems.push(error.message)
    }
  }
  return lines
}

/** A line of version 1 in the format of version 2; null if it is not one. */
function upgraded(name: OldName, text: string): OldLine | null {
  let line: unknown
  try {
    line = decodeLine(text)
  } catch {
    return null
  }
  if (!isObject(line) || line['version'] !== 1 || typeof line['id'] !== 'string') return null
  const { phase, id, at, data } = line
  if ((phase !== 'intent' && phase !== 'result') || typeof at !== 'bigint' || !isObject(data)) return null
  const upgrade = phase === 'result' ? resultData : name === 'positions' ? positionsIntent : replayIntent
  const next = { version: 2, phase, id, at, data: upgrade(data, name) }
  return { at, key: keyOf(next), text: encodeLine(next) }
}

const positionsIntent = (data: Fields): Fields => ({ kind: 'positions', ...data })

const resultData = (data: Fields, name: OldName): Fields =>
  name === 'positions'
    ? { kind: 'positions', result: data }
    : { kind: 'replay', result: { ...data, plan: withPlaces(data['plan']) } }

/** For the profile that a replay wrote to only the id was stored, which is the id of its connection. */
function replayIntent({ plan }: Fields): Fields {
  const { spec, targetClusterId } = isObject(plan) ? plan : {}
  const target = isObject(spec) ? spec['target'] : undefined
  return {
    kind: 'replay',
    profileId: target,
    profileName: target,
    clusterId: targetClusterId ?? null,
    plan: withPlaces(plan),
  }
}

/** By time, while each series keeps its order: a result must stay after its intent even if the clock was set back. */
function merged(series: readonly OldLine[][]): OldLine[] {
  const heads = series.map(() => 0)
  const out: OldLine[] = []
  for (;;) {
    let next = -1
    series.forEach((lines, i) => {
      const line = lines[heads[i]!] // the list has an index per series
      if (line !== undefined && (next === -1 || line.at < series[next]![heads[next]!]!.at)) next = i // next is the index of a series that has a line left
    })
    if (next === -1) return out
    out.push(series[next]![heads[next]!]!) // next is the index of a series that has a line left
    heads[next]! += 1 // next is the index of a series
  }
}

async function knownIn(folder: string, name: string): Promise<Set<string>> {
  const segments = openSegments(folder, name, 0)
  const known = new Set<string>()
  for (const file of await segments.names()) {
    for (const text of await readLines(segments, file)) {
      let line: unknown
      try {
        line = decodeLine(text)
      } catch {
        line = text
      }
      known.add(isObject(line) && line['version'] === 2 ? keyOf(line) : text)
    }
  }
  return known
}

async function readLines(segments: ReturnType<typeof openSegments>, file: string): Promise<string[]> {
  try {
    return await segments.lines(file)
  } catch (error) {
    // Reading the journal reports it; it holds nothing of ours.
    if (error instanceof SeeklineError && error.code === 'storage.damaged') return []
    throw error
  }
}

async function writeSegments(folder: string, name: string, lines: readonly OldLine[], maxBytes: number): Promise<void> {
  const there = await listFolder(folder)
  for (const file of there.filter((one) => one.endsWith(UNFINISHED))) await rm(join(folder, file), { force: true })
  const numbers = there.map((file) => Number(new RegExp(`^${name}-(\\d{6,})\\.jsonl$`).exec(file)?.[1] ?? 0))
  let number = Math.max(0, ...numbers)
  const names: string[] = []
  for (const part of parts(lines, maxBytes)) {
    number += 1
    const file = join(folder, segmentName(name, number))
    const handle = await open(file + UNFINISHED, 'wx', 0o600)
    try {
      await handle.writeFile(part.join(''), 'utf8')
      await handle.sync()
    } finally {
      await handle.close()
    }
    names.push(file)
  }
  // In order, so that what a crash leaves out are the newest.
  for (const file of names) await rename(file + UNFINISHED, file)
  await syncFolder(folder)
}

function parts(lines: readonly OldLine[], maxBytes: number): string[][] {
  const out: string[][] = []
  let bytes = Infinity
  for (const { text } of lines) {
    const size = Buffer.byteLength(text)
    if (bytes + size > maxBytes) {
      out.push([])
      bytes = 0
    }
    out.at(-1)!.push(text) // the first line always starts a new part
    bytes += size
  }
  return out
}

async function moveAside(folder: string, files: readonly string[]): Promise<void> {
  const kept = join(folder, KEPT)
  await makeFolder(kept)
  const there = new Set(await listFolder(kept))
  for (const file of files) {
    const to = join(kept, file)
    await rename(join(folder, file), there.has(file) ? await freeName(to, new Date()) : to)
  }
  await syncFolder(kept)
  await syncFolder(folder)
}

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const keyOf = (line: Fields): string => `${String(line['phase'])}/${String(line['id'])}`
