import { createContext, use } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import type { ReactNode } from 'react'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Settings } from '#shared/model/settings.ts'
import { alertSentence } from '#shared/offsets/lag-alerts.ts'
import type { Api } from '../api/client.ts'
import { createFiles, type Files } from '../api/files.ts'
import type { LinkStore } from '../api/link.ts'
import { createArmedPlansStore, type ArmedPlansStore } from '../stores/armed.ts'
import { createConnectionsStore, type ConnectionsStore } from '../stores/connections.ts'
import { createDecodingNews, type DecodingListener } from '../stores/decoding-news.ts'
import { createGroupsStore, type GroupsStore } from '../stores/groups.ts'
import { createAlertsStore, type AlertsStore } from '../stores/lag-alerts.ts'
import { createSettingsStore, type SettingsPort, type SettingsStore } from '../stores/settings.ts'
import { createSubjectsStore, type SubjectsStore } from '../stores/subjects.ts'
import { createTopicsStore, type TopicsStore } from '../stores/topics.ts'
import { toast } from '../ui/toast.tsx'
import { createCommands, type Commands } from './command.ts'
import { connectionOf, type Navigation } from './navigation.ts'
import type { AppPart } from './app-part.ts'
import { createRowBudget, type RowBudget } from './row-budget.ts'
import { createShellStore, type ShellStore } from './shell-store.ts'
import { createTabKinds, type TabKinds } from './tab-kind.ts'
import { createTabsStore, type TabsStore } from './tabs-store.ts'
import { createWork, type Work } from './running-work.ts'

/** What a tab shows in the status bar: what was read, how fast, what is left. */
export interface TabStatus {
  main?: ReactNode
  aside?: ReactNode
}

/** Everything a view may use apart from its own feature. Made once; tests make one with a fake `api`. */
export interface AppServices {
  api: Api
  link: LinkStore
  settings: SettingsStore
  connections: ConnectionsStore
  topics: TopicsStore
  groups: GroupsStore
  alerts: AlertsStore
  subjects: SubjectsStore
  decodingNews: DecodingListener
  armed: ArmedPlansStore
  tabs: TabsStore
  navigation: Navigation
  tabKinds: TabKinds
  commands: Commands
  shell: ShellStore
  files: Files
  work: Work
  rowBudget: RowBudget
  statuses: StoreApi<Readonly<Record<string, TabStatus>>>
}

export interface ServicesOptions {
  /** The parts of the app; a test of one view needs none. */
  parts?: readonly AppPart[]
  settingsPort?: SettingsPort
  isDesktop?: boolean
}

export function createServices(
  api: Api,
  link: LinkStore,
  { parts = [], settingsPort = settingsRoutes(api), isDesktop = false }: ServicesOptions = {},
): AppServices {
  const settings = createSettingsStore(settingsPort)
  const tabKinds = createTabKinds(parts.flatMap((part) => part.tabs ?? []))
  const tabs = createTabsStore(tabKinds, settings.change)
  const navigation = { open: tabs.open }
  const connections = createConnectionsStore(api)
  const files = createFiles(api, isDesktop)
  const shell: ShellStore = createShellStore(api, {
    isDesktop,
    runCommand: (id) => commands.runById(id),
    say: (text) => toast({ text, tone: 'warn' }),
  })
  const commands = createCommands(
    parts.flatMap((part) => part.commands ?? []),
    () => {
      const front = tabs.front()
      const { open, current } = connections.getState()
      const connectionId = open[connectionOf(front) ?? current ?? '']?.connectionId
      return { api, files, navigation, shell, tabs, front, connectionId }
    },
  )
  const work = createWork(api, isDesktop)
  const alerts = createAlertsStore(api, connections, (connectionId, alert, isPassed) => {
    const text = alertSentence(alert, isPassed)
    const onAction = () => navigation.open({ kind: 'group', connectionId, group: alert.group })
    toast(isPassed ? { text, tone: 'warn', action: { label: 'Open the group', onAction } } : { text, tone: 'ok' })
    work.tell(connections.getState().open[connectionId]?.name ?? 'Seekline', text)
  })
  return {
    api,
    link,
    settings,
    tabs,
    tabKinds,
    connections,
    topics: createTopicsStore(api),
    groups: createGroupsStore(api),
    alerts,
    subjects: createSubjectsStore(api),
    decodingNews: createDecodingNews(api),
    armed: createArmedPlansStore(api),
    navigation,
    commands,
    shell,
    files,
    work,
    rowBudget: createRowBudget(),
    statuses: createStore(() => ({})),
  }
}

function settingsRoutes(api: Api): SettingsPort {
  return { get: () => api.call('settings.get', {}), save: (patch) => api.call('settings.save', patch) }
}

export const ServicesContext = createContext<AppServices | undefined>(undefined)

export function useServices(): AppServices {
  const services = use(ServicesContext)
  if (services === undefined) throw new Error('This view stands outside the app’s services.')
  return services
}

export function useApi(): Api {
  return useServices().api
}

export function useNavigation(): Navigation {
  return useServices().navigation
}

export function useSetting<K extends keyof Settings>(key: K): Settings[K] {
  return useStore(useServices().settings, (state) => state.values[key])
}

/** The zone every timestamp is shown in. */
export function useZone(): string {
  return useSetting('zone')
}

export function useConnection(id: ConnectionId | undefined): ConnectionState | undefined {
  return useStore(useServices().connections, (state) => (id === undefined ? undefined : state.open[id]))
}
