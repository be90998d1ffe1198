import type { Page } from 'playwright-core'

export interface Scene {
  name: string
  /** Brings the page to this scene from the state of the previous scene. */
  play: (page: Page) => Promise<void>
}

/** Every view of the app, in the order in which a user would open them. */
export const scenes: readonly Scene[] = [
  {
    name: 'profile',
    play: async (page) => {
      await page.getByRole('navigation').getByRole('button', { name: 'Profiles', exact: true }).click()
      await page.getByRole('button', { name: 'New profile' }).click()
      await page.getByRole('textbox', { name: 'Brokers' }).fill('kafka-1.shop.example:9093')
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('shop-production')
      await page.getByRole('button', { name: /^Environment|Environment$/ }).click()
      await page.getByRole('option', { name: 'production' }).click()
      await page.getByText('Encrypt the connection').click()
      await page.getByRole('radio', { name: 'SCRAM-SHA-512' }).click()
      await page.getByRole('textbox', { name: 'User name' }).fill('ada')
    },
  },
  {
    name: 'topics',
    play: async (page) => {
      await tree(page, 'Clusters').getByRole('treeitem', { name: /^Demo\b(?! target)/ }).click() // oxfmt-ignore
      await page.getByRole('tab', { name: 'Topics' }).waitFor()
      await settle(page)
    },
  },
  {
    name: 'cluster',
    play: async (page) => {
      await command(page, 'Cluster overview')
      await settle(page)
    },
  },
  {
    name: 'topic',
    play: async (page) => {
      await tree(page, 'Topics').getByRole('treeitem', { name: /^customers\b/ }).click({ button: 'right' }) // oxfmt-ignore
      await page.getByRole('menuitem', { name: 'Partitions and settings' }).click()
      await settle(page)
    },
  },
  {
    name: 'messages',
    play: async (page) => {
      await tree(page, 'Topics').getByRole('treeitem', { name: /^orders\b(?!-)/ }).click() // oxfmt-ignore
      await settle(page)
      // By key: in a list that still scrolls to its end, a double click could miss the row.
      await view(page).getByRole('row').nth(7).click()
      await page.keyboard.press('Enter')
      await view(page).getByRole('region', { name: 'Record' }).getByText('orderId').first().waitFor() // oxfmt-ignore
      await settle(page)
    },
  },
  {
    name: 'search',
    play: async (page) => {
      await view(page).getByRole('button', { name: 'Close', exact: true }).click()
      await view(page).getByRole('button', { name: /Search by$/ }).click() // oxfmt-ignore
      await page.getByRole('option', { name: 'Form' }).click()
      await view(page).getByRole('textbox', { name: 'Search' }).click()
      await page.keyboard.type('value.currency == "CHF" && value.total > 500.0 ')
      await page.keyboard.press('Enter')
      await view(page).getByRole('region', { name: 'Search' }).getByText(/Searched the whole log/).waitFor() // oxfmt-ignore
      await settle(page)
      await page.keyboard.press('ArrowDown')
      await settle(page)
    },
  },
  {
    name: 'holes',
    play: async (page) => {
      await page.getByRole('searchbox', { name: 'Filter topics' }).fill('payments')
      await tree(page, 'Topics').getByRole('treeitem', { name: /^payments\b/ }).click() // oxfmt-ignore
      await page.getByRole('searchbox', { name: 'Filter topics' }).fill('')
      await settle(page)
    },
  },
  {
    name: 'groups',
    play: async (page) => {
      await command(page, 'Groups')
      await settle(page)
    },
  },
  {
    name: 'group',
    play: async (page) => {
      await tree(page, 'Groups').getByRole('treeitem', { name: /^order-mailer\b/ }).click() // oxfmt-ignore
      await settle(page)
    },
  },
  {
    name: 'plan',
    play: async (page) => {
      await view(page).getByRole('button', { name: 'Move…' }).click()
      await view(page).getByRole('button', { name: /^To\b|\bTo$/ }).click() // oxfmt-ignore
      await page.getByRole('option', { name: 'shift by' }).click()
      await view(page).getByRole('textbox', { name: 'By' }).fill('-100')
      await page.keyboard.press('Enter')
      await settle(page)
    },
  },
  {
    name: 'applied',
    play: async (page) => {
      await view(page).getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
      await page.getByRole('alertdialog').getByRole('button', { name: /^Apply to/ }).click() // oxfmt-ignore
      await settle(page)
    },
  },
  {
    name: 'journal',
    play: async (page) => {
      await view(page).getByRole('button', { name: 'Journal entry' }).click()
      await settle(page)
    },
  },
  {
    name: 'replay',
    play: async (page) => {
      await tree(page, 'Clusters').getByRole('treeitem', { name: 'Demo target' }).click()
      await settle(page)
      await tree(page, 'Clusters').getByRole('treeitem', { name: /^Demo\b(?! target)/ }).click() // oxfmt-ignore
      await tree(page, 'Topics').getByRole('treeitem', { name: /^orders\b(?!-)/ }).click({ button: 'right' }) // oxfmt-ignore
      await page.getByRole('menuitem', { name: 'Replay from here…' }).click()
      await page.getByRole('group', { name: 'To', exact: true }).getByRole('button', { name: /^To\b/ }).click()
      await page.getByRole('option', { name: 'Demo target' }).click()
      await view(page).getByRole('button', { name: 'Plan' }).click()
      await view(page).getByRole('button', { name: 'Run…' }).waitFor()
      await settle(page)
    },
  },
  {
    name: 'receipt',
    play: async (page) => {
      await view(page).getByRole('button', { name: 'Run…' }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: /^Copy into/ }).click() // oxfmt-ignore
      await view(page).getByRole('button', { name: 'New replay' }).waitFor({ timeout: 60_000 })
      await settle(page)
    },
  },
  {
    name: 'produce',
    play: async (page) => {
      await page.getByRole('tab', { name: 'orders · messages' }).click()
      await view(page).getByRole('row').nth(6).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Produce a copy…' }).click()
      await view(page).getByText('One record will be appended').first().waitFor() // oxfmt-ignore
      await settle(page)
    },
  },
  {
    name: 'schemas',
    play: async (page) => {
      await command(page, 'Close other tabs')
      await tree(page, 'Clusters').getByRole('treeitem', { name: /^Demo\b(?! target)/ }).click() // oxfmt-ignore
      await command(page, 'Schemas')
      await view(page).getByRole('row', { name: /^orders-value.*BACKWARD/ }).waitFor() // oxfmt-ignore
      await settle(page)
    },
  },
  {
    name: 'schema',
    play: async (page) => {
      await view(page).getByRole('row', { name: /^orders-value/ }).click() // oxfmt-ignore
      await page.keyboard.press('Enter')
      await view(page).getByRole('radio', { name: 'Compare' }).click()
      await view(page).getByText(/^\d+ differences?$/).waitFor() // oxfmt-ignore
      await settle(page)
    },
  },
]

const tree = (page: Page, name: string) => page.getByRole('tree', { name })
const view = (page: Page) => page.getByRole('tabpanel').filter({ visible: true })

async function command(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
}

/** Waits until nothing is loading, and the sums that follow a list are there. */
async function settle(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'hidden' })
  await page.waitForTimeout(900)
}
