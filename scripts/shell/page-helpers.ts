// Runs in the page of a shell test, where CDP loads it: finds elements by their accessible names, and calls the app's
// routes by the product's own transport. Bundled, because a page cannot import from the tests.
import { queryAllByRole, type ByRoleMatcher } from '@testing-library/dom'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { createClient, type Client } from '#shared/wire/client.ts'
import { electronTransport, type SeeklineBridge } from '../../renderer/api/transport-electron.ts'

/** An element by role and accessible name, as in Playwright's `getByRole`. */
export interface ElementQuery {
  role: string
  /** A part of the name; with `exact` the whole name; a RegExp as its source. */
  name?: string
  match?: 'part' | 'exact' | 'pattern'
  /** The first is taken; without it a second match is an error. */
  first?: boolean
  within?: ElementQuery
}

export interface Spot {
  x: number
  y: number
  text: string
}

const shown = (element: Element): boolean =>
  element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible'

function all(query: ElementQuery): HTMLElement[] {
  // It is loaded before the document has a body.
  const roots = query.within !== undefined ? all(query.within) : document.body === null ? [] : [document.body]
  const { name, match = 'part' } = query
  const pattern = match === 'pattern' && name !== undefined ? new RegExp(name) : undefined
  const fits = (found: string): boolean => {
    if (name === undefined) return true
    if (pattern !== undefined) return pattern.test(found)
    return match === 'exact' ? found === name : found.toLowerCase().includes(name.toLowerCase())
  }
  const options = { hidden: true, name: fits }
  return roots.flatMap((root) => queryAllByRole(root, query.role as ByRoleMatcher, options)).filter(shown)
}

/** The middle of the element if it is in view and not covered by anything; null if there is none (yet). */
function find(query: ElementQuery): Spot | null {
  const found = all(query)
  if (found.length > 1 && query.first !== true) {
    throw new Error(`${found.length} elements fit ${JSON.stringify(query)}: ${found.map((one) => one.outerHTML.slice(0, 120)).join('\n')}`) // oxfmt-ignore
  }
  const element = found[0]
  if (element === undefined) return null
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  const { left, top, width, height } = element.getBoundingClientRect()
  return { x: left + width / 2, y: top + height / 2, text: element.innerText ?? '' }
}

function isOnTop(query: ElementQuery): boolean {
  const place = find(query)
  const top = place && document.elementFromPoint(place.x, place.y)
  return all(query).some((element) => top !== null && (element.contains(top) || top.contains(element)))
}

function focusField(query: ElementQuery): boolean {
  const field = all(query)[0]
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return false
  field.focus()
  field.select()
  return document.activeElement === field
}

let known: Client<SeeklineContract> | undefined
function client(): Client<SeeklineContract> {
  if (known !== undefined) return known
  const bridge = (window as unknown as { seekline?: SeeklineBridge }).seekline
  if (bridge === undefined) throw new Error('This page has no bridge.')
  const { call, cancel, stream } = electronTransport(bridge, window)
  // The page's own client also numbers its calls from one.
  const named = (id: string): string => `test-${id}`
  known = createClient<SeeklineContract>({
    call: (request) => call({ ...request, id: named(request.id) }),
    cancel: (id) => cancel(named(id)),
    stream: (request, onFrame) => stream({ ...request, id: named(request.id) }, onFrame),
  })
  return known
}

const count = (query: ElementQuery): number => all(query).length
const helpers = { find, isOnTop, focusField, count, client }
export type PageHelpers = typeof helpers
Object.assign(window, { seeklineTest: helpers })
