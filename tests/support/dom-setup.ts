// jsdom has no layout, and the virtualiser and the split panes need sizes.
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'
import { HANG_MS } from './wait-for.ts'

const sizes = { offsetHeight: 300, offsetWidth: 800, clientHeight: 308 }
for (const [name, size] of Object.entries(sizes))
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size })
Element.prototype.scrollTo = () => undefined
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as unknown as typeof ResizeObserver

afterEach(cleanup)
configure({ asyncUtilTimeout: HANG_MS })
