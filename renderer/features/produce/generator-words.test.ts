import { expect, it } from 'vitest'
import { readTemplate } from '#shared/produce/generators.ts'
import { generatorWords } from './generator-words.ts'

const inWords = /\$\{[^}]+\}/g

it.each(generatorWords.flatMap(({ example, words }) => [example, ...(words.match(inWords) ?? [])]))(
  '%s, which is offered, is a generator',
  (example) => {
    expect(readTemplate(example)).toMatchObject({ isPlain: false })
  },
)
