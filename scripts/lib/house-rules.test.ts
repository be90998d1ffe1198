import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { repoRoot } from './paths.ts'

const sources = execFileSync('git', ['ls-files', 'electron', 'shared', 'renderer', 'scripts'], { cwd: repoRoot })
  .toString()
  .split('\n')
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\./.test(file))
const read = (file: string): string => readFileSync(path.join(repoRoot, file), 'utf8')

describe('the house', () => {
  it('names only files that are there, in its documents and comments', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: repoRoot }).toString().split('\n')
    const ends = new Set(tracked.flatMap((file) => endsOf(file)))
    // The changelog names files by their names at that time.
    const told = tracked.filter((file) => /\.(tsx?|md)$/.test(file) && file !== 'CHANGELOG.md')
    const gone = told.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, at) =>
          [...proseOf(file, line).matchAll(/(?<![\w*<>./@-])(?:[\w-]+\/)*[\w.-]+\.tsx?\b/g)]
            .filter(([name]) => !ends.has(name))
            .map(([name]) => `${file}:${at + 1} ${name}`),
        ),
    )
    expect(gone).toEqual([])
  })

  it('has one meaning for each exported name of a type, a class or a component', () => {
    const files = new Map<string, string[]>()
    for (const file of sources) {
      const names = read(file).matchAll(/^export (?:async )?(?:const|function|class|interface|type) ([A-Z]\w*)/gm)
      // A schema and its type share one name.
      for (const name of new Set([...names].map((match) => match[1] ?? ''))) {
        files.set(name, [...(files.get(name) ?? []), file])
      }
    }
    expect([...files].filter(([, where]) => where.length > 1)).toEqual([])
  })

  it('says why wherever it takes for granted that something is there', () => {
    const bare = sources
      .filter((file) => !file.includes('/fixtures/'))
      .flatMap((file) => {
        const lines = read(file).split('\n')
        return lines.flatMap((line, at) => (isAssertion(line) && !hasReason(lines, at) ? [`${file}:${at + 1}`] : []))
      })
    expect(bare).toEqual([])
  })

  it('gives a reason wherever it sets a rule aside', () => {
    const bare = sources.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, at) => (/oxlint-disable(?!.*-- \S)/.test(line) ? [`${file}:${at + 1}`] : [])),
    )
    expect(bare).toEqual([])
  })
})

/** The whole path, and the path without its first folders: all ways in which a text may name the file. */
function endsOf(file: string): string[] {
  const parts = file.split('/')
  return parts.map((_, at) => parts.slice(at).join('/'))
}

/** Text for people: a document's line, or a line's comment. */
function proseOf(file: string, line: string): string {
  return file.endsWith('.md') ? line : (/(?:\/\/|^\s*\*|\/\*)(.*)/.exec(line)?.[1] ?? '')
}

/** Whether the line has a non-null assertion: a `!` after a value that neither compares nor negates. */
function isAssertion(line: string): boolean {
  const code = line.replace(/'(?:[^'\\]|\\.)*'/g, "''").replace(/(^|\s)\/\/.*$|^\s*\*.*/, '')
  return /[\w\])]!(?![=\w])/.test(code)
}

/**
 * On its line, or on the next one, where the formatter puts the comment of a line that opens a block. Disabling the formatter is
 * not a reason.
 */
function hasReason(lines: readonly string[], at: number): boolean {
  return [lines[at], lines[at + 1]].some((line = '') => /(?:^|\s)\/\/ (?!oxfmt-ignore$)\S/.test(line))
}
