import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { dialogAudits, shownAudits, viewTargets, withoutAudit } from '../../tests/support/audits.ts'
import { parts } from './parts.ts'

const tabs = parts.flatMap((part) => part.tabs ?? [])
const kinds = tabs.map(({ kind }) => kind as string).toSorted()
const read = (pattern: string, isWanted: (file: string) => boolean) =>
  execFileSync('git', ['ls-files', pattern])
    .toString()
    .split('\n')
    .filter((file) => file !== '' && isWanted(file))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
const audited = new Set(
  read('tests/e2e', (file) => file.endsWith('.test.ts')).flatMap(({ text }) =>
    [...text.matchAll(/\.(?:audit|shown)\('([^']+)'\)/g)].map(([, name]) => name),
  ),
)

it('axe looks at every kind of tab in each of its states', () => {
  expect(Object.keys(viewTargets).toSorted()).toEqual(kinds)
  expect(
    tabs.filter(({ kind, target }) => !target.safeParse(viewTargets[kind]).success).map(({ kind }) => kind),
  ).toEqual([])
})

it('axe looks at every kind of tab with something in it', () => {
  expect(Object.keys(shownAudits).toSorted()).toEqual(kinds)
  expect(Object.values(shownAudits).flat().filter((name) => !audited.has(name))).toEqual([]) // oxfmt-ignore
})

it('axe looks at every dialog', () => {
  const isOfView = (file: string) => file.endsWith('.tsx') && !file.includes('.test.') && !file.includes('renderer/ui/')
  const drawing = read('renderer', isOfView).filter(({ text }) => /<(?:Alert)?Dialog\b|<TypedConfirmation\b|<Palette\b/.test(text)) // oxfmt-ignore
  expect(drawing.map(({ file }) => file).toSorted()).toEqual([...Object.keys(dialogAudits), ...withoutAudit].toSorted())
  expect(Object.values(dialogAudits).filter((name) => !audited.has(name))).toEqual([])
})
