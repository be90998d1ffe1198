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
  it('has one meaning for each exported name of a type, a class or a component', () => {
    const files = new Map<string, string[]>()
    for (const file of sources) {
      const names = read(file).matchAll(/^export (?:async )?(?:const|function|class|interface|type) ([A-Z]\w*)/gm)
      // A schema and its type are one thing under one name.
      for (const name of new Set([...names].map((match) => match[1] ?? ''))) {
        files.set(name, [...(files.get(name) ?? []), file])
      }
    }
    expect([...files].filter(([, where]) => where.length > 1)).toEqual([])
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
