import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { readShareGroupState, writeShareGroupState } from '../support/share-coordinator.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { startStage, tellFailures, type Stage } from './stage.ts'
import { steps } from './steps.ts'

const topic = uniqueName('gone-orders')
const group = uniqueName('gone-billing')
const shared = uniqueName('shared-billing')

/** A share group with states of single records, as its brokers write them. */
async function shareGroup({ bootstrap, tools }: { bootstrap: string; tools: KafkaTools }): Promise<void> {
  await tools.call('ShareGroupCommand', ['--bootstrap-server', bootstrap, '--group', shared, '--topic', topic, '--reset-offsets', '--to-earliest', '--execute']) // oxfmt-ignore
  const cluster = await openCluster({ brokers: [addressOf(bootstrap)!], clientId: 'shared' }, { mode: 'read-write' })
  try {
    const { topicId } = await cluster.requireTopic(topic)
    const at = { group: shared, topicId: topicId!, partition: 1 }
    const node = cluster.info().brokers[0]!.nodeId
    const { stateEpoch } = await cluster.call(node, readShareGroupState, at)
    const batch = (offset: bigint, state: number, deliveries: number) => ({ first: offset, last: offset, state, deliveries }) // oxfmt-ignore
    const batches = [batch(1n, 4, 5), batch(2n, 0, 2), batch(3n, 2, 1)]
    await cluster.call(node, writeShareGroupState, { ...at, stateEpoch, startOffset: 0n, batches })
  } finally {
    cluster.close()
  }
}

describe('deleting positions and groups', () => {
  let stage: Stage
  let kafka: { bootstrap: string; tools: KafkaTools }
  let see: ReturnType<typeof steps>

  beforeAll(async () => {
    ;[kafka, stage] = await Promise.all([sharedKafka(), startStage()])
    see = steps(stage.page)
    await kafka.tools.createTopic(topic, 2)
    for (const partition of [0, 1]) await kcatProduce(kafka.bootstrap, { topic, partition, input: 'a\nb\nc\nd\n' })
    for (const [partition, offset] of [2, 3].entries()) {
      await kafka.tools.groups('--group', group, '--topic', `${topic}:${partition}`, '--reset-offsets', '--to-offset', String(offset), '--execute') // oxfmt-ignore
    }
    await shareGroup(kafka)
    await stage.profile('Delete', kafka.bootstrap)
    await stage.open()
    await see.connect('Delete')
    await see.openGroup(group)
  })
  tellFailures(() => stage)
  afterAll(async () => stage?.close())

  /** By Kafka's own script. */
  const positions = async () =>
    (await kafka.tools.describeGroup(group)).toSorted((a, b) => a.partition - b.partition).map((at) => at.position)
  const confirm = async (label: string) => {
    await see.button(`${label}…`).click()
    await stage.audit('the question before it is applied')
    await stage.page.getByRole('alertdialog').getByRole('button', { name: label, exact: true }).click()
  }

  test('the palette leads from a group to the plan that shows its positions go', async () => {
    await see.command('Delete positions of the open group')
    await see.tab(`${group} · delete`).waitFor()
    await see.button('Delete 2 positions…').waitFor()
    await stage.audit('the plan to delete positions')
    await stage.picture('delete-plan')
  })

  test('all positions go, and the undo gives them back', async () => {
    expect(await positions()).toEqual([2n, 3n])
    await confirm('Delete 2 positions')
    await see.view().getByText('2 confirmed').waitFor()
    await stage.audit('deleted positions')
    expect(await kafka.tools.groups('--group', group, '--describe', '--offsets').catch(String)).not.toContain(topic)
    await see.button('Undo…').click()
    await see.tab(`${group} · positions`).waitFor()
    await see.apply()
    await see.view().getByText('2 confirmed').waitFor()
    expect(await positions()).toEqual([2n, 3n])
  })

  test('the whole group goes', async () => {
    await see.tab(group).first().click()
    await see.command('Delete the open group')
    await confirm('Delete the group')
    await see.view().getByText('2 confirmed').waitFor()
    await stage.audit('a deleted group')
    expect(await kafka.tools.groups('--list')).not.toContain(group)
  })

  test('nothing of it upset the browser, the CSP or axe', () => stage.clean())

  test('a share group shows what is in flight: by partition, and each stretch with what it means', async () => {
    const denied = { code: 'kafka.unauthorised', message: 'It needs Read on topic __share_group_state.', retryable: false } as const // oxfmt-ignore
    stage.hinder((route) => (route === 'groups.shareState' ? denied : undefined))
    await see.openGroup(shared)
    await see.view().getByText('The state of records after the start offsets is not known: It needs Read on topic __share_group_state.').waitFor() // oxfmt-ignore
    await stage.audit('a share group whose state may not be read')
    await stage.picture('group-share-denied')
    stage.hinder(() => undefined)
    await see.tab(group).first().click()
    await see.tab(shared).click()
    const row = see.view().getByRole('row', { name: /0–3/ })
    await row.getByTitle(/1 of these offsets have none: they are acquired now, or not delivered yet\./).waitFor()
    await see
      .view()
      .getByText(/^3 stretches of records in flight, as written in __share_group_state/)
      .waitFor()
    await see.view().getByRole('button', { name: 'Show', exact: true }).click()
    await see
      .view()
      .getByRole('row', { name: /archived.*it is not delivered again/ })
      .waitFor()
    await stage.shown('group-share')
    await see.view().getByRole('button', { name: 'Limits…' }).click()
    await stage.page
      .getByRole('dialog')
      .getByText(/^A share group can have no limits/)
      .waitFor()
    await stage.audit('why a share group has no limits')
    await stage.page.keyboard.press('Escape')
    stage.clean()
  })
})
