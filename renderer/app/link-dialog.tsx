import { useEffect, useEffectEvent, useState } from 'react'
import { useStore } from 'zustand'
import type { Link } from '#shared/links.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import { whoSignsIn } from '#shared/model/sasl/mechanisms.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { formatCoordinates } from '../ui/format.ts'
import { SafeText } from '../ui/safe-text.tsx'
import { Select } from '../ui/select.tsx'
import { toast } from '../ui/toast.tsx'
import { linkTarget, messagesOf, targetOn, type LinkTarget } from './open-link.ts'
import { useServices } from '../workbench/services.ts'
import { useOpenProfile } from '../workbench/open-profile.ts'

type Asked = Extract<LinkTarget, { kind: 'connect' | 'choose' }>

/** Opens a waiting link: at once if its profile is connected, otherwise after asking. */
export function LinkDialog() {
  const { shell, connections, navigation } = useServices()
  const text = useStore(shell, (state) => state.link)
  const open = useStore(connections, (state) => state.open)
  const entries = useStore(connections, (state) => state.profiles.value)
  const hasFailed = useStore(connections, (state) => state.profiles.status === 'failed')
  // A link may arrive before the profiles are loaded.
  const isReady = text !== undefined && (entries !== undefined || hasFailed)
  const target = isReady ? linkTarget(text, entries ?? [], open) : undefined
  const act = useEffectEvent(() => {
    if (target?.kind === 'bad') toast({ text: target.sentence, tone: 'warn' })
    else if (target?.kind === 'open')
      navigation.open({ kind: 'messages', ...messagesOf(target.link, target.connectionId) })
    else return
    shell.closeLink()
  })
  useEffect(() => act(), [text, target?.kind])
  if (target?.kind !== 'connect' && target?.kind !== 'choose') return null
  return <Question key={text} asked={target} onClose={shell.closeLink} />
}

function Question({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const { connections, navigation } = useServices()
  const openProfile = useOpenProfile({ isQuiet: true })
  const profiles = asked.kind === 'choose' ? asked.profiles : [asked.profile]
  const [chosen, setChosen] = useState<ProfileId | null>(asked.kind === 'choose' ? null : asked.profile.id)
  const profile = profiles.find(({ id }) => id === chosen)
  const open = useStore(connections, (state) => state.open)
  const target = profile === undefined ? undefined : targetOn(profile, asked.link, open)
  const go = () => {
    if (target === undefined) return
    onClose()
    const id = target.kind === 'open' ? target.connectionId : target.profile.id
    navigation.open({ kind: 'messages', ...messagesOf(asked.link, id) })
    if (target.kind === 'connect') void openProfile(target.profile.id)
  }
  return (
    <Dialog
      isOpen
      role="alertdialog"
      onClose={onClose}
      title="Open a link?"
      footer={
        <>
          <Button onPress={onClose} autoFocus>
            Cancel
          </Button>
          <Button variant="primary" isDisabled={target === undefined} onPress={go}>
            {target?.kind === 'open' ? 'Open' : 'Connect and open'}
          </Button>
        </>
      }
    >
      <p>
        It leads to{' '}
        <code>
          <SafeText text={placeOf(asked.link)} limit={300} />
        </code>{' '}
        on{' '}
        <b>
          <SafeText text={asked.link.profile} limit={100} />
        </b>
        .
      </p>
      {asked.kind === 'choose' && (
        <>
          <p>{asked.sentence}</p>
          <Select
            label="Open it on"
            value={chosen}
            onChange={setChosen}
            options={profiles.map(({ id, name, environment }) => ({ id, label: name, note: environment }))}
          />
        </>
      )}
      {target?.kind === 'connect' && <Consequence profile={target.profile} />}
    </Dialog>
  )
}

function Consequence({ profile }: { profile: Profile }) {
  const brokers = profile.brokers.slice(0, 3).join(', ')
  const who = whoSignsIn(profile.sasl)
  const more = profile.brokers.length > 3 ? ` and ${profile.brokers.length - 3} more` : ''
  return (
    <p>
      {profile.name} is not connected. Connecting reaches {brokers}
      {more}
      {who === null ? '' : ` and signs in as ${who}`}. The link only opens a view: nothing is changed.
    </p>
  )
}

function placeOf({ topic, partition, offset }: Link): string {
  if (partition === undefined) return topic
  return offset === undefined ? `${topic} / ${partition}` : formatCoordinates(topic, partition, offset)
}
