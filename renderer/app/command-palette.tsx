import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { toErrorValue } from '#shared/errors.ts'
import { parseLink } from '#shared/links.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import { fetchFailureWords, idle, type Fetched } from '../stores/fetched.ts'
import { topicIn } from '../stores/topics.ts'
import { formatCoordinates } from '../ui/format.ts'
import { Palette, type PaletteItem, type PaletteSection } from '../ui/palette-list.tsx'
import { useOffer } from '../workbench/use-offer.ts'
import { palette } from './commands.ts'
import type { Command } from '../workbench/command.ts'
import { best, bestTopics, coordinatesIn, isLoose } from './palette-ranking.ts'
import { useServices } from '../workbench/services.ts'
import { useOpenProfile } from '../workbench/open-profile.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'

interface Found extends PaletteItem {
  run: () => void
  /** The text that is searched, if that is more than the text shown. */
  searched?: string
  /** It is exactly what was typed, and no other name can be meant. */
  isExact?: boolean
}

/** Opens everything by name: coordinates, topics, groups, open tabs, commands, profiles. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false)
  const chosen = useRef<() => void>(undefined)
  useOffer(palette, () => setOpen(true))
  useEffect(() => {
    const run = chosen.current
    if (isOpen || run === undefined) return
    chosen.current = undefined
    // The palette has also requested this frame, to give the focus back, and was first: otherwise it would take the focus from
    // what opens.
    requestAnimationFrame(run)
  }, [isOpen])
  const onChoose = (run: () => void) => {
    chosen.current = run
    setOpen(false)
  }
  return isOpen ? <OpenPalette onClose={() => setOpen(false)} onChoose={onChoose} /> : null
}

function OpenPalette({ onClose, onChoose }: { onClose: () => void; onChoose: (run: () => void) => void }) {
  const [query, setQuery] = useState('')
  const found = useFound(query)
  const unread = useUnread()
  const isReading = useIsReading()
  // The field is drawn first, its list a moment later: together they would delay a key press.
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setDrawn(true), 0)
    return () => clearTimeout(timer)
  }, [])
  // If the user types at once and presses Enter, what was typed is used.
  const sections = isDrawn || query !== '' ? found : []
  return (
    <Palette
      isOpen
      onClose={onClose}
      label="Go to topic, group, offset or command"
      placeholder="orders/7/48211907, a topic, a group, a command, a link…"
      query={query}
      onQueryChange={setQuery}
      sections={sections}
      onChoose={(item) => onChoose(item.run)}
      // A name that is typed before the lists are loaded would not be found, or only as scattered letters of something else.
      waits={(first) => isReading && !isMeant(first, query)}
      empty={sections === found ? emptyWords(query, unread) : ''}
    />
  )
}

function emptyWords(query: string, unread: string | undefined): string {
  const link = isLink(query) ? parseLink(query) : undefined
  if (link?.ok === false) return link.sentence
  return unread ?? 'Nothing by that name that these rights show. Coordinates are written topic/partition/offset.'
}

/** Why a name may be missing although it exists: a list was not read, or only in part. */
function useUnread(): string | undefined {
  const { topics, groups } = useServices()
  const id = useShownConnection()?.connectionId
  const lists = [
    ['topics', useStore(topics, (state) => (id === undefined ? undefined : state.byConnection[id]))],
    ['groups', useStore(groups, (state) => (id === undefined ? undefined : state.byConnection[id]))],
  ] as const
  if (id === undefined) return undefined
  for (const [what, list] of lists) {
    const failure = list?.value === undefined && list?.status === 'failed' ? toErrorValue(list.error).message : fetchFailureWords(list?.value?.failures ?? []) // oxfmt-ignore
    if (failure !== '') return `Nothing by that name, but not all ${what} could be read: ${failure}`
    if (list?.value === undefined) return `Nothing by that name yet; the ${what} are still being read.`
  }
  return undefined
}

/** Whether lists are still loading that the palette would search. */
function useIsReading(): boolean {
  const { topics, groups, connections } = useServices()
  const id = useShownConnection()?.connectionId
  const areProfiles = useStore(connections, (state) => isAwaited(state.profiles))
  const areTopics = useStore(topics, (state) => id !== undefined && isAwaited(state.byConnection[id] ?? idle))
  const areGroups = useStore(groups, (state) => id !== undefined && isAwaited(state.byConnection[id] ?? idle))
  return areProfiles || areTopics || areGroups
}

const isMeant = (first: Found | undefined, query: string): boolean =>
  first !== undefined && (first.isExact === true || !isLoose(first.searched ?? first.text, query))

const isAwaited = (list: Fetched<unknown>): boolean => list.value === undefined && list.status !== 'failed'

const isLink = (query: string): boolean => /^\s*seekline:/i.test(query)

type FoundSection = PaletteSection<Found>

// oxlint-disable-next-line max-lines-per-function -- what the palette finds, one kind after the other
function useFound(query: string): FoundSection[] {
  const services = useServices()
  const { navigation, commands, tabs, tabKinds, connections, shell } = services
  const shown = useShownConnection()
  const id: ConnectionId | undefined = shown?.connectionId
  const topics = useStore(services.topics, (state) => (id === undefined ? undefined : state.byConnection[id]?.value))
  const groups = useStore(services.groups, (state) => (id === undefined ? undefined : state.byConnection[id]?.value))
  const subjects = useStore(services.subjects, (state) =>
    id === undefined ? undefined : state.byConnection[id]?.value,
  )
  const openTabs = useStore(tabs, (state) => state.tabs)
  const profiles = useStore(connections, (state) => state.profiles.value)
  const openProfile = useOpenProfile()
  return useMemo(() => {
    const sections: FoundSection[] = []
    const add = (title: string, items: Found[]) => {
      if (items.length > 0) sections.push({ id: title, title, items })
    }
    if (isLink(query)) return sectionsOf(parseLink(query), () => shell.openLink(query))
    if (id !== undefined) {
      const at = coordinatesIn(query, (name) => topics !== undefined && topicIn(topics, name) !== undefined)
      if (at !== undefined) {
        const { topic, partition, offset, isKnown } = at
        const text = offset === undefined ? `${topic} / ${partition}` : formatCoordinates(topic, partition, offset)
        const to = { connectionId: id, topic, partition, ...(offset === undefined ? {} : { offset }) }
        const note = isKnown ? 'open there' : topics === undefined ? 'try it; the topics are not read yet' : 'try it; these rights show no such topic' // oxfmt-ignore
        add('Message', [
          { id: 'coordinates', text, isExact: true, note, run: () => navigation.open({ kind: 'messages', ...to }) },
        ])
      }
      const some = query.trim() === '' ? 0 : 8
      add(
        'Topics',
        (topics === undefined ? [] : bestTopics(topics, query, some)).map(({ name, partitions }) => ({
          id: `topic:${name}`,
          text: name,
          note: `${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`,
          run: () => navigation.open({ kind: 'messages', connectionId: id, topic: name }),
        })),
      )
      add(
        'Groups',
        best(groups?.items ?? [], (group) => group.group, query, some).map(({ group, state }) => ({
          id: `group:${group}`,
          text: group,
          note: state,
          run: () => navigation.open({ kind: 'group', connectionId: id, group }),
        })),
      )
      add(
        'Schemas',
        best(subjects?.items ?? [], ({ subject }) => subject, query, some).map(({ subject }) => ({
          id: `subject:${subject}`,
          text: subject,
          run: () => navigation.open({ kind: 'subject', connectionId: id, subject }),
        })),
      )
    }
    add(
      'Open tabs',
      best(openTabs, (tab) => tabKinds.titleOf(tab.intent), query, 6).map((tab) => ({
        id: `tab:${tab.id}`,
        text: tabKinds.titleOf(tab.intent),
        run: () => tabs.select(tab.id),
      })),
    )
    const able = commands.all.filter((command) => command.isHidden !== true && commands.can(command))
    add(
      'Commands',
      best(able, wordsOf, query, 12).map((command) => ({
        id: `command:${command.id}`,
        text: command.title,
        searched: wordsOf(command),
        shortcut: command.keys[0],
        run: () => void commands.run(command),
      })),
    )
    add(
      'Profiles',
      best(profiles ?? [], (entry) => entry.profile.name, query, 6).map(({ profile }) => ({
        id: `profile:${profile.id}`,
        text: profile.name,
        note: profile.environment,
        run: () => void openProfile(profile.id as ProfileId),
      })),
    )
    // What only has the letters in order comes after what has the words: Enter takes the first.
    return sections.toSorted((a, b) => Number(isMeant(b.items[0], query)) - Number(isMeant(a.items[0], query)))
    // oxlint-disable-next-line react/exhaustive-deps -- openProfile is created on each render and only closes over the services
  }, [query, id, topics, groups, subjects, openTabs, profiles, navigation, commands, tabs, tabKinds, shell])
}

function sectionsOf(parsed: ReturnType<typeof parseLink>, run: () => void): FoundSection[] {
  if (!parsed.ok) return []
  const { profile, topic, partition, offset } = parsed.link
  const place = [topic, partition, offset].filter((part) => part !== undefined).join(' / ')
  // It names its place completely, so nothing else has to be loaded.
  const item = { id: 'link', text: place, isExact: true, note: `on ${profile}`, run }
  return [{ id: 'link', title: 'Link', items: [item] }]
}

const wordsOf = ({ title, words = '' }: Command): string => `${title} ${words}`
