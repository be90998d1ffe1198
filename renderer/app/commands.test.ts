import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { MenuCommand } from '#shared/commands.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { commandOn, createCommands, subject, type CommandContext } from '../workbench/command.ts'
import type { Intent } from '../workbench/navigation.ts'
import { best } from './palette-ranking.ts'
import { parts } from './parts.ts'

const all = parts.flatMap((part) => part.commands ?? [])
const commands = (at: Partial<CommandContext> = {}) => createCommands(all, () => at as CommandContext)

describe('the commands of all parts', () => {
  it('have one id each, give no key to two, and fit what the desktop takes', () => {
    const ids = all.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const keys = all.flatMap((command) => command.keys)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { id, title, keys: own, menu } of all) expect(MenuCommand.safeParse({ id, title, keys: own, menu }).success).toBe(true) // oxfmt-ignore
  })

  it('are all that are written down anywhere in the page', () => {
    const files = execFileSync('git', ['ls-files', 'renderer']).toString().split('\n')
    const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    const calls = sources.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bcommand(?:On\w*)?\((?:\w+, )?\{\s*id: '([^']+)'/g)]) // oxfmt-ignore
    expect(calls.length).toBeGreaterThan(25)
    expect(calls.map(([, id]) => id).filter((id) => !all.some((command) => command.id === id))).toEqual([])
  })

  it.each([
    ['reset', 'record.move'],
    ['seek', 'record.move'],
    ['produce', 'go.produce'],
    ['search', 'view.find'],
    ['lag', 'go.groups'],
  ])('are found by what people call them: %s', (word, id) => {
    expect(best(all, ({ title, words = '' }) => `${title} ${words}`, word, 1)[0]?.id).toBe(id)
  })

  it('are asked for by their key, and do what is meant where one is', () => {
    const open = vi.fn<(intent: Intent) => void>()
    const press = { key: 't', code: 'KeyT', ctrlKey: false, metaKey: false, shiftKey: false, altKey: true }
    const connectionId = 'eu' as ConnectionId
    const here = commands({ connectionId, navigation: { open } })
    const topics = here.forKey(press, false)!
    expect(topics.id).toBe('go.topics')
    expect(here.run(topics)).toBe(true)
    expect(open).toHaveBeenCalledWith({ kind: 'topics', connectionId })
    // Without a cluster there are no topics to go to.
    expect(commands({ navigation: { open } }).run(topics)).toBe(false)
    expect(open).toHaveBeenCalledTimes(1)
  })
})

describe('what views offer', () => {
  it('is taken from the latest, and from the one before when that leaves', () => {
    const done: string[] = []
    const refreshing = subject<() => void>('refreshing')
    const refresh = commandOn(refreshing, { id: 'view.again', title: 'Again', menu: 'view', run: (again) => again() })
    const made = createCommands([refresh], () => ({}) as CommandContext)
    expect(made.run(refresh)).toBe(false)
    made.offer(refreshing, () => () => done.push('shell'))
    const leave = made.offer(refreshing, () => () => done.push('view'))
    made.run(refresh)
    leave()
    made.runById('view.again')
    expect(done).toEqual(['view', 'shell'])
  })
})
