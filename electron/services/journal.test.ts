import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createChangesJournal } from '../storage/journal/changes-journal.ts'
import { createJournalService } from './journal.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-journal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the journal', () => {
  it('is searched by what its list says: group, topic, who, profile, what came of it', async () => {
    const journal = createChangesJournal(folder)
    const service = createJournalService(journal)
    const row = { topic: 'orders', partition: 0, topicId: null, before: null, after: null }
    const of = { kind: 'positions' as const, profileId: 'live', profileName: 'Live EU', clusterId: 'c1', groupExisted: true, undoOf: null } // oxfmt-ignore
    const billing = await journal.intent({ ...of, group: 'Billing', user: 'ada', rows: [row] })
    const mailer = await journal.intent({ ...of, group: 'mailer', profileName: 'Test', rows: [{ ...row, topic: 'letters' }] }) // oxfmt-ignore
    await journal.result(billing, 'positions', { journalId: billing, rows: [], summary: 'Billing was moved.', groupCreated: false, groupDeleted: false }) // oxfmt-ignore
    const found = async (text: string) =>
      (await service['journal.list']({ limit: 10, text }, { signal: AbortSignal.timeout(10_000) })).items.map(
        ({ id }) => id,
      )
    expect(await found('billing')).toEqual([billing])
    expect(await found(' LETTERS ')).toEqual([mailer])
    expect(await found('ada')).toEqual([billing])
    expect(await found('live eu')).toEqual([billing])
    expect(await found('was moved')).toEqual([billing])
    expect(await found('interrupted')).toEqual([mailer])
    expect(await found(mailer)).toEqual([mailer])
    expect(await found('nowhere')).toEqual([])
    expect(await found(' ')).toEqual([mailer, billing])
  })
})
