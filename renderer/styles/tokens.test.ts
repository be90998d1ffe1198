import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const normal = css.slice(0, css.indexOf('@media'))

function token(name: string, theme: 'light' | 'dark'): string {
  const match = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(normal)
  if (match === null) throw new Error(`no token ${name}`)
  return theme === 'light' ? match[1]! : match[2]!
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
  ...['ok', 'bad'].flatMap((name) => ['bg', 'pane', 'raise'].map((on): [string, string] => [name, on])),
  ...['key', 'string', 'number', 'atom'].map((name): [string, string] => [`syntax-${name}`, 'pane']),
  ...colours.map((name): [string, string] => [`profile-${name}`, 'pane']),
  ['warn', 'warn-bg'],
  ['bad', 'bad-bg'],
  ['text', 'bad-bg'],
  ['dim', 'bad-bg'],
  ['accent', 'accent-bg'],
  ['on-accent', 'accent'],
  ['on-bad', 'bad-fill'],
]
const marks: [string, string][] = [
  ['line-field', 'pane'],
  ['line-field', 'bg'],
  ['warn-mark', 'bg'],
  ['focus', 'pane'],
  ['focus', 'sel'],
  ['accent', 'bg'],
]

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it.each(text)('text %s on %s has 4.5:1', (name, on) => {
    expect(contrast(token(name, theme), token(on, theme))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(marks)('mark %s on %s has 3:1', (name, on) => {
    expect(contrast(token(name, theme), token(on, theme))).toBeGreaterThanOrEqual(3)
  })
})
