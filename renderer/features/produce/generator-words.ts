/** The placeholders for generated values (`shared/produce/generators.ts` has all of them), each with an example to insert. */
export const generatorWords: readonly { example: string; words: string }[] = [
  { example: '${uuid}', words: 'a random UUID' },
  { example: '${seq}', words: '1, 2, 3 …; ${seq:1000} from there' },
  { example: '${now}', words: 'when it is sent; ${now:ms} a number' },
  { example: '${1..100}', words: 'a whole number of these' },
  { example: '${0.00..99.99}', words: 'with as many decimals' },
  { example: '${2026-01-01..2026-02-01}', words: 'a moment between' },
  { example: '${red|green|blue}', words: 'one of these' },
  { example: '${text:12}', words: 'letters and digits' },
  { example: '${hex:16}', words: 'hex digits' },
]
