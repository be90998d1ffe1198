import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import { Dialog } from '../ui/dialog.tsx'
import { isMac, KeyHint } from '../ui/key-hint.tsx'
import { Split } from '../ui/split-panes.tsx'
import { tabPanelId, TabStrip } from '../ui/tab-strip.tsx'
import { ClosingDialog } from './closing-dialog.tsx'
import { ColumnMemoryProvider } from './column-memory.tsx'
import { CommandPalette } from './command-palette.tsx'
import { FaultStrip } from './fault-strip.tsx'
import { useFileDrop } from './file-drop.ts'
import { LinkDialog } from './link-dialog.tsx'
import { LinkEndView } from './app-ended.tsx'
import { closeTab, reopenTab, shortcuts, sidebar } from './commands.ts'
import { connectionOf } from '../workbench/navigation.ts'
import { useOffer } from '../workbench/use-offer.ts'
import { colourOf } from '../workbench/profile-colour.ts'
import { useServices, useSetting } from '../workbench/services.ts'
import { Sidebar } from './sidebar.tsx'
import { StatusBar } from './status-bar.tsx'
import { TabPanel } from './tab-panel.tsx'
import { TitleBar } from './title-bar.tsx'
import { Welcome } from './no-tab.tsx'
import s from './app.module.css'

export function App() {
  const { commands, link, settings } = useServices()
  const isLoaded = useStore(settings, (state) => state.isLoaded)
  const sidebarWidth = useSetting('sidebarWidth')
  const [isSidebarOpen, setSidebarOpen] = useState(true)
  const linkState = useSyncExternalStore(link.subscribe, link.get)
  useTheme()
  useDroppedFile()
  const isDropping = useFileDrop()
  useOffer(sidebar, () => setSidebarOpen((open) => !open))
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = commands.forKey(event, isMac())
      if (command !== undefined && !isTyping(event) && commands.run(command)) event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [commands])
  switch (linkState.status) {
    case 'refused':
    case 'ended':
    case 'stranger':
      return <LinkEndView end={linkState.status} />
    case 'connecting':
    case 'connected':
    case 'reconnecting':
  }
  return (
    <div
      className={s.app}
      data-dropping={isDropping ? 'Drop it to fill the profile form; nothing is connected.' : undefined}
    >
      <div>
        <TitleBar />
        <FaultStrip />
      </div>
      <main className={s.body}>
        <Split
          // Sizes are read when it is made, so it is made again once settings are loaded; no tab is open before that.
          key={String(isLoaded)}
          label="Resize sidebar"
          onLayout={(layout) => {
            const pixels = Math.round(((layout['sidebar'] ?? 0) / 100) * window.innerWidth)
            if (pixels >= 120) settings.change({ sidebarWidth: Math.min(pixels, 800) })
          }}
          panes={[
            isSidebarOpen && {
              id: 'sidebar',
              isFixed: true,
              defaultSize: `${sidebarWidth}px`,
              minSize: '160px',
              maxSize: '45%',
              children: <Sidebar />,
            },
            {
              id: 'main',
              minSize: '40%',
              children: (
                <ColumnMemoryProvider>
                  <Main />
                </ColumnMemoryProvider>
              ),
            },
          ]}
        />
      </main>
      <StatusBar />
      <CommandPalette />
      <LinkDialog />
      <ClosingDialog />
      <Shortcuts />
    </div>
  )
}

function Main() {
  const { tabs: store, tabKinds, connections } = useServices()
  const tabs = useStore(store, (state) => state.tabs)
  const active = useStore(store, (state) => state.active)
  const open = useStore(connections, (state) => state.open)
  useFocusInView()
  // Restored tabs are built when first shown; a tab that was shown keeps its content while others are in front.
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set())
  if (active !== undefined && !seen.has(active)) setSeen(new Set([...seen, active]))
  const isMixed = new Set(tabs.map((tab) => connectionOf(tab.intent)).filter((id) => id !== undefined)).size > 1
  const titles = Map.groupBy(tabs, (tab) => tabKinds.titleOf(tab.intent))
  return (
    <section className={s.main} aria-label="Views">
      <TabStrip
        label="Open tabs"
        tabs={tabs.map((tab) => {
          const connection = open[connectionOf(tab.intent) ?? '']
          const title = tabKinds.titleOf(tab.intent)
          const description = connection === undefined ? undefined : `${title} · ${connection.name}`
          const isAmbiguous = new Set(titles.get(title)?.map((one) => connectionOf(one.intent))).size > 1
          return {
            id: tab.id,
            // Two clusters may have a topic of the same name, and their profiles the same colour.
            title: isAmbiguous ? (description ?? title) : title,
            description,
            mark: isMixed && connection !== undefined ? colourOf(connection.colour) : undefined,
          }
        })}
        selected={active}
        onSelect={store.select}
        onClose={store.close}
        onMove={store.move}
        menu={(id) => [
          { id: 'close', label: 'Close', shortcut: closeTab.keys[0], onAction: () => store.close(id) },
          { id: 'others', label: 'Close others', onAction: () => store.closeOthers(id), isDisabled: tabs.length < 2 },
          '-',
          {
            id: 'reopen',
            label: 'Reopen closed tab',
            shortcut: reopenTab.keys[0],
            onAction: store.reopen,
          },
        ]}
      />
      {tabs.length === 0 && <Welcome />}
      {tabs
        .filter((tab) => seen.has(tab.id))
        .map((tab) => (
          <TabPanel key={tab.id} tab={tab} isActive={tab.id === active} />
        ))}
    </section>
  )
}

/** The focus moves into what is opened, and is never left on something that is gone or hidden. */
function useFocusInView(): void {
  const { tabs } = useServices()
  const active = useStore(tabs, (state) => state.active)
  const opened = useStore(tabs, (state) => state.opened)
  const before = useRef(opened)
  useEffect(() => {
    const isOpened = before.current !== opened
    before.current = opened
    const panel = active === undefined ? null : document.getElementById(tabPanelId(active))
    const at = document.activeElement
    if (panel === null || panel.contains(at)) return
    const isLost = at === null || at === document.body || at.closest('[hidden]') !== null
    if (isOpened || isLost) panel.focus()
  }, [tabs, active, opened])
}

function useTheme(): void {
  const theme = useSetting('theme')
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
  }, [theme])
}

/** The form is in the profiles view; it takes the file once it is there. */
function useDroppedFile(): void {
  const { navigation, shell } = useServices()
  const hasFile = useStore(shell, (state) => state.file !== undefined)
  useEffect(() => {
    if (hasFile) navigation.open({ kind: 'profiles' })
  }, [hasFile, navigation])
}

/** In a field a single key is text, and on a Mac so is one with Alt (Alt+T is †); other combinations are not. */
function isTyping(event: KeyboardEvent): boolean {
  if (event.altKey && !(isMac() && event.key.length === 1)) return false
  if (event.ctrlKey || event.metaKey || /^F\d+$/.test(event.key)) return false
  return event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
}

function Shortcuts() {
  const { commands } = useServices()
  const [isOpen, setOpen] = useState(false)
  useOffer(shortcuts, () => setOpen(true))
  return (
    <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Keyboard shortcuts">
      <dl className={s.shortcuts}>
        {commands.all
          .filter((command) => command.keys.length > 0 && commands.can(command))
          .map((command) => (
            <div key={command.id} style={{ display: 'contents' }}>
              <dt>{command.title}</dt>
              <dd>
                {command.keys.map((keys) => (
                  <KeyHint key={keys} keys={keys} />
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </Dialog>
  )
}
