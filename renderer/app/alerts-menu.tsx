import { useStore } from 'zustand'
import { alertSentence } from '#shared/offsets/lag-alerts.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { Button } from '../ui/button.tsx'
import { Menu } from '../ui/menu.tsx'
import { useServices } from '../workbench/services.ts'

const MOST_SHOWN = 50

/** The lag limits that are exceeded now, on any open cluster; each opens its group. Not shown if there are none. */
export function AlertsMenu() {
  const { alerts, connections, navigation } = useServices()
  const passed = useStore(alerts)
  const open = useStore(connections, (state) => state.open)
  const items = Object.entries(passed).flatMap(([id, all]) =>
    all.map((alert) => ({
      id: [id, alert.group, alert.what].join('\n'),
      label: Object.keys(open).length > 1 ? `${alertSentence(alert)} · ${open[id]?.name ?? ''}` : alertSentence(alert),
      onAction: () => navigation.open({ kind: 'group', connectionId: id as ConnectionId, group: alert.group }),
    })),
  )
  if (items.length === 0) return null
  const words = `${items.length} ${items.length === 1 ? 'alert' : 'alerts'}`
  return (
    <Menu
      label="Lag limits that are exceeded"
      placement="bottom end"
      trigger={
        <Button variant="warn" size="small" aria-label={`${words}: lag limits that are exceeded`}>
          {words}
        </Button>
      }
      items={items.slice(0, MOST_SHOWN)}
    />
  )
}
