import './jitless.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import { createClient } from '#shared/wire/client.ts'
import type { Client } from '#shared/wire/client.ts'
import { createLinkStore } from './link.ts'
import type { LinkStore } from './link.ts'
import { keepPass, takePass } from './page-key.ts'
import { electronTransport } from './transport-electron.ts'
import type { SeeklineBridge } from './transport-electron.ts'

export type Api = Client<SeeklineContract>

declare global {
  interface Window {
    /** Present only in the desktop app. */
    readonly seekline?: SeeklineBridge
  }
}

/** The page's connection to the app: the bridge of the desktop shell, else the socket of the loopback server. */
export async function connectApi(page: Window): Promise<{ api: Api; link: LinkStore; isDesktop: boolean }> {
  if (page.seekline !== undefined) {
    const api = createClient<SeeklineContract>(electronTransport(page.seekline, page))
    return { api, link: createLinkStore({ status: 'connected' }), isDesktop: true }
  }
  const pass = takePass(page)
  // The desktop app loads neither the socket's code nor its codec before its first paint.
  const { socketTransport } = await import('./transport-websocket.ts')
  const link = createLinkStore({ status: 'connecting' })
  const transport = socketTransport({
    url: `ws://${page.location.host}/wire`,
    origin: page.location.origin,
    pass,
    onState: (state) => link.set(state),
    onPass: (next) => keepPass(page, next),
  })
  return { api: createClient<SeeklineContract>(transport), link, isDesktop: false }
}
