import { memo, Suspense, useState, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import { StateView } from '../ui/state-view.tsx'
import { tabId, tabPanelId } from '../ui/tab-strip.tsx'
import { connectionOf } from '../workbench/navigation.ts'
import { useServices } from '../workbench/services.ts'
import type { OpenTab } from '../workbench/tabs-store.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { NotConnected } from './no-tab.tsx'
import s from './app.module.css'

interface TabPanelProps {
  tab: OpenTab
  isActive: boolean
}

/** A tab's view. Drawn again only when its own tab changes: a hundred may be open. */
export const TabPanel = memo(function TabPanel({ tab, isActive }: TabPanelProps) {
  const { shell, tabKinds, tabs } = useServices()
  const title = tabKinds.titleOf(tab.intent)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it takes the focus for its view, which says where arrows lead
    <div
      role="tabpanel"
      id={tabPanelId(tab.id)}
      aria-labelledby={tabId(tab.id)}
      tabIndex={-1}
      onKeyDown={intoList}
      className={s.panel}
      hidden={!isActive}
    >
      <ErrorBoundary name={title} onClose={() => tabs.close(tab.id)} onFault={shell.noteFault}>
        <Suspense fallback={<StateView kind="loading" title={`Opening ${title}…`} />}>
          <TabContent tab={tab} isActive={isActive} />
        </Suspense>
      </ErrorBoundary>
    </div>
  )
})

/** From the view as a whole an arrow key moves into its list. */
function intoList(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.target !== event.currentTarget || !/^Arrow(Up|Down)$/.test(event.key)) return
  const list = event.currentTarget.querySelector<HTMLElement>('[role="grid"], [role="tree"]')
  if (list === null) return
  event.preventDefault()
  list.focus()
}

function TabContent({ tab, isActive }: TabPanelProps) {
  const { connections, tabKinds } = useServices()
  const connectionId = connectionOf(tab.intent)
  const isOpen = useStore(connections, ({ open }) => {
    const status = open[connectionId ?? '']?.status
    return connectionId === undefined || status === 'connected' || status === 'reconnecting'
  })
  // A view stays after its connection was closed: what was read can still be viewed.
  const [wasOpen, setWasOpen] = useState(isOpen)
  if (isOpen && !wasOpen) setWasOpen(true)
  const View = tabKinds.views[tab.intent.kind]
  if (View === undefined) {
    return (
      <StateView kind="empty" title={`This version of Seekline has no view for “${tabKinds.titleOf(tab.intent)}”.`} />
    )
  }
  if (!wasOpen && connectionId !== undefined)
    return <NotConnected connectionId={connectionId} title={tabKinds.titleOf(tab.intent)} />
  return <View tabId={tab.id} intent={tab.intent} isActive={isActive} />
}
