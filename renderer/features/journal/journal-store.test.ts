import { describe, expect, it } from 'vitest'
import { aboutEntry } from '#shared/changes/kinds.ts'
import type { EntryOf } from '#shared/contract/journal.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createJournalStore } from './journal-store.ts'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { wayBack, whyNoUndo } from './journal-words.ts'

const entry = (n: number, part: Partial<EntryOf<'positions'>> = {}): EntryOf<'positions'> => ({
  kind: 'positions',
  id: `e${n}`,
  at: BigInt(n),
  profileId: 'p',
  profileName: 'payments-eu',
  clusterId: 'c',
  group: 'billing',
  groupExisted: true,
  undoOf: null,
  rows: [],
  result: null,
  ...part,
})

const sentenceOf = (one: EntryOf<'positions'>) => aboutEntry(one).sentence

/** A journal of `ids`, newest last as on disk. */
function journal(ids: number[]) {
  const api = {
    call: (_: string, { before, limit }: { before?: string; limit: number }) => {
      const newest = ids.toReversed().map((n) => entry(n))
      const from = before === undefined ? 0 : newest.findIndex((one) => one.id === before) + 1
      const items = newest.slice(from, from + limit)
      return Promise.resolve({ items, more: from + limit < newest.length, damaged: from === 0 ? ['line 3'] : [] })
    },
  }
  return createJournalStore(api as unknown as StoreApiPort)
}
const ids = (store: ReturnType<typeof journal>) => store.getState().pages.value!.items.map((one) => one.id)

describe('the journal', () => {
  it('reads page by page, newest first, and says what was damaged once', async () => {
    const store = journal(Array.from({ length: 120 }, (_, i) => i))
    await store.refresh()
    expect(ids(store)).toHaveLength(50)
    await store.loadOlder()
    await store.loadOlder()
    expect(ids(store)).toEqual(Array.from({ length: 120 }, (_, i) => `e${119 - i}`))
    expect(store.getState().pages.value).toMatchObject({ more: false, damaged: ['line 3'] })
    await store.loadOlder()
    expect(ids(store)).toHaveLength(120)
  })

  it('keeps older pages when new changes come on top', async () => {
    const all = Array.from({ length: 100 }, (_, i) => i)
    const store = journal(all)
    await store.refresh()
    await store.loadOlder()
    all.push(100, 101)
    await store.refresh()
    expect(ids(store)).toEqual(Array.from({ length: 102 }, (_, i) => `e${101 - i}`))
  })

  it('asks for the words that are typed, and keeps what is in sight until the next list is here', async () => {
    const asked: unknown[] = []
    const api = {
      call: (_: string, { text }: { text?: string }) => {
        asked.push(text)
        return Promise.resolve({
          items: text === undefined ? [entry(1), entry(2)] : [entry(2)],
          more: false,
          damaged: [],
        })
      },
    }
    const store = createJournalStore(api as unknown as StoreApiPort)
    await store.refresh()
    const typed = store.setFilter({ text: 'bill' })
    expect(store.getState().pages).toMatchObject({ status: 'loading', value: { items: [{}, {}] } })
    await typed
    expect(ids(store)).toEqual(['e2'])
    // Of another group nothing of before is shown.
    const other = store.setFilter({ text: 'bill', group: 'g' })
    expect(store.getState().pages.value).toBeUndefined()
    await other
    await store.setFilter({ text: ' ' })
    expect(asked).toEqual([undefined, 'bill', 'bill', undefined])
  })

  it('shows nothing that another filter had found below what the present one finds', async () => {
    const answers: PromiseWithResolvers<unknown>[] = []
    const asked: unknown[] = []
    const api = {
      call: (_: string, { before }: { before?: string }) => {
        asked.push(before)
        answers.push(Promise.withResolvers())
        return answers.at(-1)!.promise
      },
    }
    const answer = (turn: number, ...found: number[]) =>
      answers[turn]!.resolve({ items: found.map((n) => entry(n)), more: true, damaged: [] })
    const store = createJournalStore(api as unknown as StoreApiPort)
    const first = store.refresh()
    answer(0, 3, 2, 1)
    await first
    // F5 before the typed words are answered.
    const typed = store.setFilter({ text: 'bill' })
    const again = store.refresh()
    answer(1, 2)
    answer(2, 2)
    await Promise.all([typed, again])
    expect(ids(store)).toEqual(['e2'])
    // The next words fail: older entries than those in sight would be of another list.
    const failing = store.setFilter({ text: 'billing' })
    answers[3]!.reject(new Error('The disk is gone.'))
    await failing
    expect(store.getState().pages).toMatchObject({ status: 'failed', value: { items: [{ id: 'e2' }] } })
    const older = store.loadOlder()
    answer(4, 3, 2)
    await older
    expect(ids(store)).toEqual(['e3', 'e2'])
    expect(asked).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  it('goes back for a named entry', async () => {
    const store = journal(Array.from({ length: 200 }, (_, i) => i))
    await store.refresh()
    await store.find('e60')
    expect(ids(store)).toContain('e60')
    expect(ids(store).length).toBeLessThan(200)
  })
})

describe('an entry in words', () => {
  it('without a result was interrupted, and claims nothing', () => {
    expect(sentenceOf(entry(1))).toBe('Interrupted: the result is unknown.')
  })

  it('is undone through its own profile where that is open, else through another of its cluster', () => {
    const open = (profileId: string, clusterId: string) => ({ profileId, clusterId }) as ConnectionState
    const others = [open('x', 'c'), open('p', 'elsewhere')]
    expect(wayBack([...others, open('p', 'c')], entry(1))).toMatchObject({ profileId: 'p', clusterId: 'c' })
    expect(wayBack(others, entry(1))?.profileId).toBe('x')
    expect(wayBack([open('p', 'elsewhere')], entry(1))).toBeUndefined()
  })

  it('can be undone where its cluster is open, if anything was written', () => {
    const at = { topic: 't', topicId: null, partition: 0 }
    const rows = [{ ...at, before: null, after: { offset: 1n, leaderEpoch: -1, metadata: '' } }]
    const done = (status: 'confirmed' | 'refused') =>
      entry(1, {
        rows,
        result: {
          journalId: 'e1',
          rows: [{ ...at, status, before: null, intended: null, message: null }],
          summary: 'billing was moved.',
          groupCreated: false,
          groupDeleted: false,
        },
      })
    expect(whyNoUndo(done('confirmed'), true)).toBeUndefined()
    expect(whyNoUndo(entry(1, { rows }), true)).toBeUndefined()
    expect(whyNoUndo(entry(1), true)).toContain('no positions to give back')
    expect(whyNoUndo(done('confirmed'), false)).toContain('Connect payments-eu')
    expect(whyNoUndo(done('refused'), true)).toContain('Nothing was written')
  })
})
