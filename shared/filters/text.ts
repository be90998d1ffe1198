import { bytesOfHex, bytesOfText } from '../bytes.ts'
import { isReadable } from '../model/decoded.ts'
import { inParts } from './in-parts.ts'
import type { FilterKind } from './filter-kind.ts'
import { caselessPart } from './literal.ts'
import { markedTexts } from './mark-texts.ts'
import { allWanted, type FilterPart, type Predicate } from './predicate.ts'
import type { TextFilter } from './text-filter.ts'
import { byteFinder, foldedFinder, isAscii, wordFinder, type Finder } from './text-finders.ts'

/** A text, ignoring case unless case matters. */
export const text: FilterKind<TextFilter> = {
  compile,
  places: (filter) => markedTexts([filter.text], filter.matchCase, filter.wholeWord),
}

const HEX = /^[0-9a-f]{2}(?: [0-9a-f]{2})+$/i

/** For bytes that are shown in hex, the bytes that the text spells in hex are also searched for. */
function compile({ text: sought, matchCase, wholeWord, in: where }: TextFilter): Predicate {
  const anywhere = finderOf(sought, matchCase)
  const find = wholeWord ? wordFinder(sought, matchCase) : anywhere
  const spelt = HEX.test(sought) ? bytesOfHex(sought) : null
  const findSpelt = spelt === null ? null : byteFinder(spelt, spelt)
  const must = matchCase ? sought : caselessPart(sought)
  const isSpeltIn = ({ bytes, start, end }: FilterPart): boolean => findSpelt?.(bytes, start, end, true) ?? false

  return {
    literal: must !== null && spelt === null ? { anyOf: [bytesOfText(must)], in: where } : null,
    wanted: allWanted,
    verdict: inParts(where, {
      isIn: (part) =>
        find(part.bytes, part.start, part.end, part.isWhole) || (isSpeltIn(part) && !isReadable(part.form)),
      // A neighbouring byte may belong to another field.
      mayBeIn: (all) => anywhere(all.bytes, all.start, all.end, true) || isSpeltIn(all),
    }),
  }
}

function finderOf(text: string, matchCase: boolean): Finder {
  if (matchCase) return byteFinder(bytesOfText(text), bytesOfText(text))
  const lower = text.toLowerCase()
  return isAscii(lower) ? byteFinder(bytesOfText(lower), bytesOfText(lower.toUpperCase())) : foldedFinder(lower)
}
