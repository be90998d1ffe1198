import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./theme.css', import.meta.url), 'utf8')
const start = css.indexOf('@media (prefers-contrast: more)')
const normal = css.slice(0, start)
const more = css.slice(start, css.indexOf('@media (forced-colors: active)'))

type Theme = { readonly scheme: 'light' | 'dark'; readonly isHigh: boolean }
const themes: readonly Theme[] = [
  { scheme: 'light', isHigh: false },
  { scheme: 'dark', isHigh: false },
  { scheme: 'light', isHigh: true },
  { scheme: 'dark', isHigh: true },
]

/** High contrast changes some tokens and leaves the others as they are. */
function token(name: string, { scheme, isHigh }: Theme): string {
  const pattern = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`)
  const match = (isHigh ? pattern.exec(more) : null) ?? pattern.exec(normal)
  if (match === null) throw new Error(`no token ${name}`)
  return scheme === 'light' ? match[1]! : match[2]!
}

/** What `color-mix(in srgb, over share%, under)` gives. */
function mixed(over: string, share: number, under: string): string {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [over, under].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number]
    return Math.round(a * share + b * (1 - share)).toString(16).padStart(2, '0') // oxfmt-ignore
  })
  return `#${parts.join('')}`
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['bg', 'pane', 'raise', 'hover', 'sel']
const colours = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink', 'grey']
const text: [string, string][] = [
  ...['text', 'dim', 'faint', 'accent', 'warn'].flatMap((name) => grounds.map((on): [string, string] => [name, on])),
  ...['ok', 'bad', 'skip', 'repeat'].flatMap((name) =>
    ['bg', 'pane', 'raise'].map((on): [string, string] => [name, on]),
  ),
  ...['key', 'string', 'number', 'atom'].flatMap((name) =>
    grounds.map((on): [string, string] => [`syntax-${name}`, on]),
  ),
  ...colours.map((name): [string, string] => [`profile-${name}`, 'pane']),
  ['warn', 'warn-bg'],
  ['ok', 'ok-bg'],
  ['bad', 'bad-bg'],
  ['text', 'bad-bg'],
  ['dim', 'bad-bg'],
  ['accent', 'accent-bg'],
  ['on-accent', 'accent'],
  ['on-danger', 'danger'],
  ['on-danger', 'danger-hover'],
  ['danger', 'sel'],
]
const marks: [string, string][] = [
  ['line-field', 'pane'],
  ['line-field', 'bg'],
  ['skip-mark', 'bg'],
  ['repeat-mark', 'bg'],
  ['focus', 'pane'],
  ['focus', 'sel'],
  ['accent', 'bg'],
]

describe.each(themes)('$scheme theme, high contrast $isHigh', (theme) => {
  it.each(text)('text %s on %s has 4.5:1', (name, on) => {
    expect(contrast(token(name, theme), token(on, theme))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(marks)('mark %s on %s has 3:1', (name, on) => {
    expect(contrast(token(name, theme), token(on, theme))).toBeGreaterThanOrEqual(3)
  })
  it.each(colours)('a profile that is %s, and all else in the title bar it tints, has 4.5:1', (colour) => {
    const bar = mixed(token(`profile-${colour}`, theme), 0.09, token('pane', theme))
    const names = [`profile-${colour}`, 'text', 'dim']
    expect(names.filter((name) => contrast(token(name, theme), bar) < 4.5)).toEqual([])
  })
})
