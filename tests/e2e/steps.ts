import type { Locator, Page } from 'playwright-core'
import { until } from '../support/wait-for.ts'

/** What a person does again and again, in the words of the page. */
export function steps(page: Page) {
  const view = () => page.getByRole('tabpanel').filter({ visible: true })
  const sidebar = page.getByRole('navigation', { name: 'Clusters, topics and groups' })
  const choose = async (select: Locator, option: string | RegExp) => {
    await select.click()
    await page.getByRole('option', { name: option }).click()
  }
  return {
    view,
    sidebar,
    choose,
    status: page.getByRole('contentinfo').getByRole('status'),
    /** A select of the toolbar reads as "To choose…": its label, then its value. */
    select: (label: string) => view().getByRole('button', { name: new RegExp(`^${label}\\b|\\b${label}$`) }),
    /** A select behind the bar's Options. */
    async option(label: string, choice: string | RegExp) {
      await view()
        .getByRole('button', { name: /^Options\b/ })
        .click()
      const options = page.getByRole('dialog', { name: 'Options' })
      await choose(options.getByRole('button', { name: new RegExp(`^${label}\\b|\\b${label}$`) }), choice)
      await page.keyboard.press('Escape')
      await options.waitFor({ state: 'detached' })
    },
    tab: (name: string | RegExp) => page.getByRole('tab', { name }),
    button: (name: string | RegExp) => view().getByRole('button', { name }),
    row: (name: string | RegExp) => view().getByRole('row', { name }),
    /** So many rows are in the list. It comes after the number of them; a key pressed before finds nothing in it. */
    listed: (count: number) =>
      view()
        .locator(`[role=grid][aria-rowcount="${count + 1}"]`)
        .waitFor(), // with its head
    async connect(profile: string) {
      await sidebar.getByRole('treeitem', { name: new RegExp(`^${profile}\\b`) }).click()
      await page.getByRole('banner').getByText(`${profile} ·`).waitFor()
      await page.getByRole('tab', { name: 'Topics', selected: true }).waitFor()
    },
    async openTopic(topic: string) {
      const tree = sidebar.getByRole('tree', { name: 'Topics' })
      await sidebar.getByRole('searchbox', { name: 'Filter topics' }).fill(topic)
      await tree.getByRole('treeitem', { name: new RegExp(`^${topic}\\b`) }).first().click() // oxfmt-ignore
      await page.getByRole('tab', { name: `${topic} · messages`, selected: true }).waitFor()
    },
    async openGroup(group: string) {
      // Of a long list only the rows near those in view are in the page.
      const tree = sidebar.getByRole('tree', { name: 'Groups' })
      const item = tree.getByRole('treeitem', { name: new RegExp(`^${group}\\b`) })
      const last = tree.getByRole('treeitem').last()
      await until(`${group} is listed`, async () => {
        if ((await item.count()) > 0) return true
        const isEnd = await last.evaluate((row) => row.ariaPosInSet === row.ariaSetSize)
        await tree.press(isEnd ? 'Home' : 'PageDown')
        return false
      })
      await item.click()
      await page.getByRole('tab', { name: group, exact: true, selected: true }).waitFor()
    },
    bar: (label: string) => view().getByRole('group', { name: label, exact: true }),
    async openProfiles() {
      await sidebar.getByRole('button', { name: 'Profiles', exact: true }).click()
    },
    /** Applies the plan in front, through its confirmation. */
    async apply() {
      await view().getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
      await page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
    },
    /** Runs a command by the palette: the way that needs no mouse. */
    async command(text: string) {
      await page.keyboard.press('Control+k')
      await page.keyboard.type(text)
      await page.keyboard.press('Enter')
    },
  }
}
