import { useState, type CSSProperties } from 'react'
import type { AccessMode } from '#shared/model/profile.ts'
import { Badge, EnvironmentChip } from '../ui/badge.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { ArmedBadge } from '../shared-views/armed/armed-badge.tsx'
import { DarkIcon, LightIcon, SearchIcon, SystemThemeIcon } from '../ui/icons.ts'
import { KeyHint } from '../ui/key-hint.tsx'
import { Menu } from '../ui/menu.tsx'
import { colourOf } from '../workbench/profile-colour.ts'
import { useServices, useSetting } from '../workbench/services.ts'
import { useShownConnection } from '../workbench/shown-connection.ts'
import { useOffer } from '../workbench/use-offer.ts'
import { AlertsMenu } from './alerts-menu.tsx'
import { openPalette, themeMenu } from './commands.ts'
import { ZoneMenu } from './zone-menu.tsx'
import s from './app.module.css'

const accessWords: Record<AccessMode, string> = {
  'read-only': 'Nothing can be written through this profile.',
  guarded: 'Every write asks for the profile’s name.',
  full: 'Writes ask for no confirmation.',
}

export function TitleBar() {
  const { commands } = useServices()
  const shown = useShownConnection()
  const edge = (shown === undefined ? {} : { '--profile': colourOf(shown.colour) }) as CSSProperties
  return (
    <header className={s.title} style={edge} data-production={shown?.environment === 'production' || undefined}>
      <div className={s.side}>
        <h1 className={s.logo}>
          <svg width="18" height="12" aria-hidden="true">
            <path d="M1 6h16" stroke="var(--line-field)" strokeWidth="2" />
            <path d="M1 6h9" stroke="var(--accent)" strokeWidth="2" />
            <circle cx="10" cy="6" r="3.5" fill="var(--accent)" />
          </svg>
          <span className={s.logoName}>Seekline</span>
        </h1>
        {shown !== undefined && (
          <>
            <EnvironmentChip
              color={colourOf(shown.colour)}
              className={s.profile}
              title={`${shown.name} · ${shown.environment}`}
            >
              {shown.name} · {shown.environment}
            </EnvironmentChip>
            <Badge tone={shown.accessMode === 'full' ? 'neutral' : 'warn'} title={accessWords[shown.accessMode]}>
              {shown.accessMode}
            </Badge>
            {shown.status !== 'connected' && (
              <Badge tone={shown.status === 'failed' ? 'bad' : 'warn'} title={shown.reason?.message}>
                {shown.status}
              </Badge>
            )}
          </>
        )}
      </div>
      <Button className={cx(s.search)} onPress={() => commands.run(openPalette)}>
        <SearchIcon size={13} aria-hidden="true" />
        <span className={s.searchText}>Go to topic, group, offset…</span>
        {openPalette.keys.slice(0, 1).map((keys) => (
          <KeyHint key={keys} keys={keys} />
        ))}
      </Button>
      <div className={cx(s.side, s.end)}>
        <AlertsMenu />
        <ArmedBadge />
        <ZoneMenu />
        <ThemeMenu />
      </div>
    </header>
  )
}

const themes = [
  { id: 'system', label: 'As the system', icon: SystemThemeIcon },
  { id: 'light', label: 'Light', icon: LightIcon },
  { id: 'dark', label: 'Dark', icon: DarkIcon },
] as const

function ThemeMenu() {
  const { settings } = useServices()
  const theme = useSetting('theme')
  const [isOpen, setOpen] = useState(false)
  const Icon = themes.find((option) => option.id === theme)?.icon ?? SystemThemeIcon
  useOffer(themeMenu, () => setOpen(true))
  return (
    <Menu
      label="Theme"
      placement="bottom end"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <IconButton label="Theme">
          <Icon size={14} />
        </IconButton>
      }
      items={themes.map((option) => ({
        id: option.id,
        label: option.label,
        isChecked: theme === option.id,
        onAction: () => settings.change({ theme: option.id }),
      }))}
    />
  )
}
