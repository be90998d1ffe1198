import { Fragment, useCallback, useDeferredValue, useEffect, useMemo, useState, type ReactNode, type Ref } from 'react'
import type { CodeLanguage } from './code-setup.ts'
import { CodeRows } from './code-rows.tsx'
import { nothingFound, type FindHandle, type Found } from './find-bar.tsx'
import { findInText } from './find-in-text.ts'
import { coloursOf, createCommentFinder, type Colour, type ColouredPart, type LongComments } from './line-colours.ts'
import { betweenFrames } from './sort-in-slices.ts'
import { AT_ONCE, createSplitter, lineAt, lineOf, splitLines, type TextLines } from './text-lines.ts'
import { MarkedText } from './marked.tsx'
import { SafeText } from './safe-text.tsx'
import { useColumns } from './use-columns.ts'
import s from './code-view.module.css'
import syntax from './syntax.module.css'

export interface TextViewProps {
  label: string
  text: string
  /** The language whose tokens are coloured. */
  language?: CodeLanguage | undefined
  hasNumbers?: boolean | undefined
  find?: Ref<FindHandle> | undefined
}

/** The width beside a line's text: its number and the padding. */
const AROUND = 76

/** Text of any length, drawn line by line and wrapped to the width. Copied text has only the line breaks of the original. */
export function TextView({ label, text, language = 'text', hasNumbers = true, find }: TextViewProps) {
  const [frame, columns] = useColumns(hasNumbers ? AROUND : 28)
  const lines = useLines(text, columns)
  // The lines first: adding their colours in the same task would delay the response to the press that opened them.
  const coloursIn = useDeferredValue(language, 'text')
  const comments = useLongComments(text, coloursIn)
  const [found, setFound] = useState<Found>(nothingFound)
  const look = useCallback((needle: string, signal: AbortSignal) => findInText(text, needle, signal), [text])
  const place = found.places[found.at]
  return (
    <CodeRows
      label={label}
      frame={frame}
      findLabel={`Find in ${label.toLowerCase()}`}
      look={look}
      found={found}
      onFound={setFound}
      foundLine={place === undefined || lines === undefined ? -1 : lineOf(lines, place)}
      find={find}
      count={lines?.count ?? 0}
      onCopy={(event) => {
        const copied = coversAll(event.currentTarget) ? text : selectedText()
        if (copied === undefined) return
        event.clipboardData.setData('text/plain', copied)
        event.preventDefault()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'a' || !(event.ctrlKey || event.metaKey)) return
        window.getSelection()?.selectAllChildren(event.currentTarget)
        event.preventDefault()
      }}
      renderRow={(index) =>
        lines === undefined ? null : (
          <div key={index} className={s.line} data-rest={lines.numbers[index] === 0 || undefined}>
            {hasNumbers && (
              <span className={s.number} aria-hidden="true">
                {lines.numbers[index] === 0 ? '' : lines.numbers[index]}
              </span>
            )}
            <span className={s.text}>
              {coloured(
                lineAt(text, lines, index),
                lines.starts[index] ?? 0,
                found,
                coloursOf(text, lines, index, coloursIn, comments),
              )}
            </span>
          </div>
        )
      }
    />
  )
}

/** The lines of a text: all at once where it is short, otherwise as they are found. */
function useLines(text: string, columns: number): TextLines | undefined {
  const isShort = text.length <= AT_ONCE
  const short = useMemo(() => (isShort ? splitLines(text, columns) : undefined), [isShort, text, columns])
  const [long, setLong] = useState<{ text: string; lines: TextLines }>()
  useEffect(() => {
    if (isShort) return undefined
    const mine = new AbortController()
    const splitter = createSplitter(text, columns)
    let slices = 0
    const show = () => setLong({ text, lines: splitter.lines() })
    void betweenFrames((isOver) => {
      const isDone = splitter.run(isOver)
      // Shows the first lines at once and all lines at the end; each update in between would copy everything found so far.
      if (isDone || slices === 0) show()
      slices += 1
      return isDone
    }, mine.signal)
    return () => mine.abort()
  }, [isShort, text, columns])
  return short ?? (long?.text === text ? long.lines : undefined)
}

const tones: Readonly<Record<Colour, string | undefined>> = {
  key: s.key,
  string: s.string,
  number: syntax.number,
  atom: syntax.atom,
  comment: s.comment,
}

const noComments: LongComments = []

/** Only for a language with comments of several lines; until they are found there are none. */
function useLongComments(text: string, language: CodeLanguage): LongComments {
  const [found, setFound] = useState<{ text: string; comments: LongComments }>()
  useEffect(() => {
    if (language !== 'protobuf') return undefined
    const mine = new AbortController()
    const finder = createCommentFinder(text)
    void betweenFrames(finder.run, mine.signal).then(() => {
      if (!mine.signal.aborted) setFound({ text, comments: finder.found })
    })
    return () => mine.abort()
  }, [text, language])
  return found?.text === text ? found.comments : noComments
}

/** A drawn line with its colours and its matches. */
function coloured(line: string, start: number, found: Found, parts: readonly ColouredPart[]): ReactNode {
  if (parts.length === 0) return marked(line, start, found)
  const drawn: ReactNode[] = []
  let at = 0
  const plain = (to: number) => {
    if (to > at) drawn.push(<Fragment key={at}>{marked(line.slice(at, to), start + at, found)}</Fragment>)
  }
  for (const { from, to, colour } of parts) {
    plain(from)
    drawn.push(
      <span key={`c${from}`} className={tones[colour]}>
        {marked(line.slice(from, to), start + from, found)}
      </span>,
    )
    at = to
  }
  plain(line.length)
  return drawn
}

/** A drawn line, or a part of one, with its matches. */
function marked(line: string, start: number, { needle, places, at }: Found): ReactNode {
  const end = start + line.length
  const parts: ReactNode[] = []
  let from = start
  for (let i = firstFrom(places, start - needle.length + 1); i < places.length && places[i]! < end; i += 1) {
    // i < places.length
    const first = Math.max(start, places[i]!) // i < places.length
    const last = Math.min(end, places[i]! + needle.length) // i < places.length
    if (first > from) parts.push(<SafeText key={from} text={line.slice(from - start, first - start)} />)
    parts.push(
      <mark key={`m${first}`} data-current={i === at || undefined}>
        <SafeText text={line.slice(first - start, last - start)} />
      </mark>,
    )
    from = last
  }
  if (parts.length === 0) return <MarkedText text={line} />
  if (from < end) parts.push(<SafeText key={from} text={line.slice(from - start)} />)
  return parts
}

function firstFrom(places: readonly number[], least: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (places[middle]! >= least) high = middle // middle < high
    else low = middle + 1
  }
  return low
}

function coversAll(view: HTMLElement): boolean {
  const selection = window.getSelection()
  return selection !== null && selection.rangeCount > 0 && selection.anchorNode === view && selection.focusNode === view
}

/**
 * The selected text without the line breaks that wrapping added. For a selection within one line the browser's own text is
 * right.
 */
function selectedText(): string | undefined {
  const selection = window.getSelection()
  if (selection === null || selection.rangeCount === 0) return undefined
  const lines = [...selection.getRangeAt(0).cloneContents().querySelectorAll<HTMLElement>(`.${s.line}`)]
  if (lines.length < 2) return undefined
  return lines
    .map((line, i) => {
      const text = line.querySelector(`.${s.text}`)?.textContent ?? ''
      return i === 0 || line.dataset['rest'] !== undefined ? text : `\n${text}`
    })
    .join('')
}
