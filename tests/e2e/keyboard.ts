import type { Locator, Page } from 'playwright-core'

type Way = 'Tab' | 'Shift+Tab' | 'ArrowDown'

/**
 * Goes on by Tab until `wanted` has the focus; a page that holds the focus fast, or hides it, fails here. In menus and lists
 * arrows lead there: letters do as well, but only if they come within a second of each other, which no busy machine promises.
 */
export async function tabTo(page: Page, wanted: Locator, key: Way = 'Tab'): Promise<void> {
  await wanted.first().waitFor() // oxfmt-ignore
  const passed: string[] = []
  for (let i = 0; i < 120; i++) {
    if (await wanted.evaluateAll((found) => found.includes(document.activeElement as never))) return
    await page.keyboard.press(key)
    const { name, isVisible } = await focusNow(page)
    passed.push(name)
    if (!isVisible) throw new Error(`The focus cannot be seen on ${name}.`)
  }
  throw new Error(`Not reached by ${key}; passed: ${passed.join(' | ')}`)
}

/** What has the focus, and whether anything on the page shows it: a ring of its own, of its field or row, or an edge. */
async function focusNow(page: Page): Promise<{ name: string; isVisible: boolean }> {
  return page.evaluate(() => {
    const at = document.activeElement
    if (at === null || at === document.body) return { name: 'the page itself', isVisible: true }
    const named = at.getAttribute('aria-activedescendant')
    const around = [at.parentElement, at.parentElement?.parentElement]
    // A switch is a hidden field beside what is drawn for it.
    const label = at.closest('label')?.querySelectorAll('span') ?? []
    const shown = [at, ...around, ...label, ...at.querySelectorAll('[data-active]')]
    if (named !== null) shown.push(document.getElementById(named))
    const hasRing = (element: Element | null | undefined) => {
      if (element == null) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
    }
    // A whole view is marked at its edge.
    const { content, borderTopWidth } = getComputedStyle(at, '::after')
    const hasEdge = content !== 'none' && borderTopWidth !== '0px'
    const name = at.getAttribute('aria-label') ?? at.textContent?.trim().slice(0, 40)
    return { name: `${at.tagName.toLowerCase()} “${name}”`, isVisible: hasEdge || shown.some(hasRing) }
  })
}
