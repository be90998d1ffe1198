import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { zoneLabel } from '../ui/format.ts'
import { Menu } from '../ui/menu.tsx'
import { TextField } from '../ui/text-field.tsx'
import { useOffer } from '../workbench/use-offer.ts'
import { zoneMenu } from './commands.ts'
import { useServices, useZone } from '../workbench/services.ts'
import s from './app.module.css'

const localName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The time zone of timestamps; always visible, because a time without a zone is ambiguous. */
export function ZoneMenu() {
  const { settings } = useServices()
  const zone = useZone()
  const [isOpen, setOpen] = useState(false)
  const [isAsking, setAsking] = useState(false)
  useOffer(zoneMenu, () => setOpen(true))
  const change = (next: string) => settings.change({ zone: next })
  const isOther = zone !== 'UTC' && zone !== 'local'
  const shown = zone === 'local' ? zoneLabel('local') : zone
  return (
    <>
      <Menu
        label="Time zone"
        placement="bottom end"
        isOpen={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button size="small" variant="quiet" aria-label={`Time zone: ${shown}`}>
            <span className={s.zone} title={shown}>
              {shown}
            </span>
          </Button>
        }
        items={[
          { id: 'UTC', label: 'UTC', isChecked: zone === 'UTC', onAction: () => change('UTC') },
          {
            id: 'local',
            label: `This computer’s: ${localName()}`,
            isChecked: zone === 'local',
            onAction: () => change('local'),
          },
          ...(isOther ? [{ id: zone, label: zone, isChecked: true, onAction: () => change(zone) }] : []),
          '-',
          { id: 'other', label: 'Another zone…', onAction: () => setAsking(true) },
        ]}
      />
      {isAsking && <ZoneDialog onClose={() => setAsking(false)} onChoose={change} />}
    </>
  )
}

function ZoneDialog({ onClose, onChoose }: { onClose: () => void; onChoose: (zone: string) => void }) {
  const [text, setText] = useState('')
  const known = zoneNamed(text)
  const near = text.trim().length < 2 ? [] : zonesLike(text).slice(0, 6)
  const choose = (zone: string | undefined) => {
    if (zone === undefined) return
    onChoose(zone)
    onClose()
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Show times in another zone"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={known === undefined} onPress={() => choose(known)}>
            Use this zone
          </Button>
        </>
      }
    >
      <TextField
        label="IANA name"
        autoFocus
        placeholder="Europe/Berlin"
        value={text}
        onChange={setText}
        onEnter={() => choose(known)}
        note={known === undefined ? 'For example Europe/Berlin or America/New_York.' : `Now ${zoneLabel(known)}.`}
      />
      {near.map((zone) => (
        <Button key={zone} variant="quiet" size="small" onPress={() => choose(zone)}>
          {zone}
        </Button>
      ))}
    </Dialog>
  )
}

function zonesLike(text: string): string[] {
  const needle = text.trim().toLowerCase().replaceAll(' ', '_')
  return Intl.supportedValuesOf('timeZone').filter((zone) => zone.toLowerCase().includes(needle))
}

function zoneNamed(text: string): string | undefined {
  try {
    const name = text.trim()
    return name === '' ? undefined : new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
