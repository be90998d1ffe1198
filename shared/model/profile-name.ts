/**
 * A profile's name is read before a write and typed to confirm it, so it must be what it looks like: no invisible characters,
 * none that reorder others, no letters of one script among those of another.
 */
export function nameProblem(name: string): string | undefined {
  const hidden = Array.from(name).find((c, at, all) => isHidden(c) && !joinsEmoji(all, at))
  if (hidden !== undefined) {
    return `The name holds a character that is not seen or turns the text around (U+${hex(hidden)}). Type it again.`
  }
  const styled = Array.from(name).find((c) => c.normalize('NFKC') !== c && /[A-Za-z0-9]/.test(c.normalize('NFKC').normalize('NFD')) && c.normalize('NFKC') !== c.normalize('NFC')) // oxfmt-ignore
  if (styled !== undefined) return `“${styled}” (U+${hex(styled)}) only looks like a letter or digit. Type it again.`
  for (const word of name.normalize('NFC').split(/[^\p{L}\p{M}]+/u)) {
    const scripts = lookAlikeScripts.filter(([, pattern]) => pattern.test(word)).map(([script]) => script)
    if (scripts.length > 1)
      return `“${word}” mixes ${scripts.join(' and ')} letters, some of which look alike. Type it again.`
  }
  return undefined
}

/** A warning to show with the name: every letter of a word could be mistaken for a Latin one. */
export function nameWarning(name: string): string | undefined {
  for (const word of name.normalize('NFC').split(/[^\p{L}\p{M}]+/u)) {
    const foreign = lookAlikeScripts.find(([script, pattern]) => script !== 'Latin' && pattern.test(word))
    const skeleton = skeletonOf(word)
    if (foreign !== undefined && /^[a-z]+$/.test(skeleton)) {
      return `“${word}” in the name is written in ${foreign[0]} letters; it looks like “${skeleton}”, and is not.`
    }
  }
  return undefined
}

/** Two profiles may not share a name, or names that look the same: the name is typed to confirm a write. */
export function sameProfileName(a: string, b: string): boolean {
  return skeletonOf(a) === skeletonOf(b)
}

function skeletonOf(name: string): string {
  const plain = Array.from(name.trim().normalize('NFKC').replaceAll(/\s+/g, ' '))
    .filter((c) => !isHidden(c))
    .join('')
  return Array.from(plain).map((c) => alike.get(c) ?? alike.get(c.toLowerCase()) ?? c.toLowerCase()).join('').normalize('NFC') // oxfmt-ignore
}

/** Control, format, private and unassigned characters, unusual spaces, and letters that are invisible. */
function isHidden(c: string): boolean {
  return c !== ' ' && (/[\p{C}\p{Z}]/u.test(c) || /\p{Default_Ignorable_Code_Point}/u.test(c) || c === '\u2800')
}

/** A joiner or a variation selector inside an emoji is part of it. */
function joinsEmoji(all: readonly string[], at: number): boolean {
  if (all[at] !== '\u200D' && all[at] !== '\uFE0F') return false
  const before = all[at - 1] ?? ''
  return /\p{Emoji}|\p{EMod}|\uFE0F/u.test(before) && !/[A-Za-z0-9]/.test(before)
}

function hex(c: string): string {
  return (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
}

const lookAlikeScripts: [string, RegExp][] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Coptic', /\p{Script=Coptic}/u],
  ['Lisu', /\p{Script=Lisu}/u],
]

/** Letters of other scripts that fonts draw like Latin ones, from Unicode's confusables (UTS 39). */
const alike = new Map<string, string>()
const pairs =
  'аaвbсcԁdеeһhіiјjкkӏlмmнhоoрpԛqгrѕsтtцuѵvԝwхxуyзzүyґrёeїiАaВbСcЕeНhІiЈjКkМmОoРpЅsТtХxУy' +
  'αaβbγyδdεeηnιiκkνvοoρpστtυuχxωwΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxϲcϳjіiօoսuոnհhցgզqյjրnտsƖlɑaɡgıiɩiʏyſfǀlΙi'
const letters = Array.from(pairs)
for (let at = 0; at + 1 < letters.length; at += 2) {
  const [from = '', to = ''] = [letters[at], letters[at + 1]]
  if (/[a-z]/.test(to)) alike.set(from, to)
}
