import './trusted-types.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connectApi } from './api/client.ts'
import { App } from './app/app.tsx'
import { parts } from './app/parts.ts'
import { createServices, ServicesContext } from './workbench/services.ts'
import { UiProvider } from './ui/ui-provider.tsx'
import './styles/fonts.css'
import './styles/theme.css'
import './styles/base.css'

const root = createRoot(document.getElementById('root')!) // index.html has this element

async function start(): Promise<void> {
  if (import.meta.env.DEV && location.hash.startsWith('#gallery')) {
    const { Gallery } = await import('./ui/gallery.tsx')
    root.render(<Gallery />)
    return
  }
  const { api, link, isDesktop } = await connected()
  const services = createServices(api, link, { parts, isDesktop })
  const { settings, connections, commands, tabs, tabKinds, shell, alerts, armed } = services
  const away = new AbortController()
  window.addEventListener('pagehide', () => {
    void settings.flush()
    away.abort()
  })
  window.addEventListener('online', () => void api.call('connections.networkChanged', {}).catch(() => undefined))
  window.addEventListener('error', ({ error, message }) => {
    // Whoever watches sizes, libraries too, and changes one by that, hears of it a frame later: the browser only says so.
    if (!message.startsWith('ResizeObserver loop')) shell.reportFault('window', error ?? new Error(message))
  })
  window.addEventListener('unhandledrejection', ({ reason }) => shell.reportFault('promise', reason))
  root.render(
    <StrictMode>
      <ServicesContext value={services}>
        <UiProvider>
          <App />
        </UiProvider>
      </ServicesContext>
    </StrictMode>,
  )
  shell.setCommands(commands.all)
  void connections.watch(away.signal)
  alerts.watch(away.signal)
  const profiles = connections.loadProfiles()
  await settings.load()
  // What was opened while settings loaded wins over what was open last time.
  if (tabs.getState().tabs.length === 0) tabs.restore(settings.getState().values)
  // What the shell has waiting, a link perhaps, opens beside the tabs that were restored.
  void shell.listen(away.signal)
  // A window without its profiles is painted, but of no use.
  await profiles
  afterPaint(() => {
    if (isDesktop) void api.call('shell.usable', {})
    // Plans that the last run left armed are reported even if nothing is connected yet.
    void armed.watch(away.signal)
    // One whose file does not come is asked for again when it is opened.
    void tabKinds.loadViews().catch(() => undefined)
  })
}

function afterPaint(run: () => void): void {
  requestAnimationFrame(() => setTimeout(run, 0))
}

/** In development `#preview` shows the shell on made-up data, without a server. */
async function connected(): ReturnType<typeof connectApi> {
  if (import.meta.env.DEV && location.hash.startsWith('#preview')) {
    const { connectPreview } = await import('./app/preview.ts')
    return connectPreview()
  }
  return connectApi(window)
}

void start()
