import type { ElementQuery, ShellPage } from './page.ts'

/** Frequent steps of a user in the window, by the texts of the page. */
export function steps(page: ShellPage) {
  const within: ElementQuery = { role: 'tabpanel', first: true }
  const button = (name: string): ElementQuery => ({ role: 'button', name, within, first: true })
  const select = (label: string): ElementQuery => ({ role: 'button', name: `^${label}\\b|\\b${label}$`, match: 'pattern', within, first: true }) // oxfmt-ignore
  const field = (name: string): ElementQuery => ({ role: 'textbox', name, match: 'exact', within, first: true })
  const treeItem = (name: string): ElementQuery => ({ role: 'treeitem', name: `^${name}\\b`, match: 'pattern', first: true }) // oxfmt-ignore
  const startProfile = async (name: string, bootstrap: string) => {
    await page.click({ role: 'button', name: 'Make a profile' })
    await page.fill({ role: 'textbox', name: 'Brokers' }, bootstrap)
    await page.fill({ role: 'textbox', name: 'Name', match: 'exact' }, name)
  }
  return {
    button,
    field,
    select,
    /** Opens the first profile's form and fills in what each has. */
    startProfile,
    async makeProfile(name: string, bootstrap: string) {
      await startProfile(name, bootstrap)
      await page.click({ role: 'button', name: 'Save and connect' })
    },
    /** A password's field has no role. */
    async typePassword(text: string) {
      await page.run(() => document.querySelector<HTMLInputElement>('input[type=password]')!.focus())
      await page.cdp.Input.insertText({ text })
    },
    connect: (profile: string) => page.click(treeItem(profile)),
    openTopic: (topic: string) => page.click(treeItem(topic)),
    openGroup: (group: string) => page.click(treeItem(group)),
    choose: (label: string, option: string) =>
      page.choose(select(label), { role: 'option', name: option, match: 'pattern', first: true }),
    /** Applies the plan in front, through its confirmation. */
    async apply() {
      await page.click({ role: 'button', name: '^Apply to', match: 'pattern', within, first: true })
      await page.click({ role: 'button', name: '^Apply to', match: 'pattern', within: { role: 'alertdialog' } })
    },
  }
}
