import { Fragment, type ReactNode } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { cx, given } from './class-names.ts'
import s from './split-panes.module.css'

export interface SplitPane {
  id: string
  children: ReactNode
  /** Percent (`30%`) or pixels (`256px`). */
  defaultSize?: string | undefined
  minSize?: string | undefined
  maxSize?: string | undefined
  /** Keeps its width in pixels when the window is resized; for side bars. */
  isFixed?: boolean | undefined
}

export interface SplitProps {
  /** The accessible name of the separators: "Resize sidebar". */
  label: string
  direction?: 'horizontal' | 'vertical' | undefined
  panes: readonly (SplitPane | false | undefined)[]
  /** The percentage of each pane by its id, as `onLayout` passed it. */
  layout?: Readonly<Record<string, number>> | undefined
  onLayout?: ((layout: Record<string, number>) => void) | undefined
}

export function Split({ label, direction = 'horizontal', panes, layout, onLayout }: SplitProps) {
  const shown = panes.filter((pane) => pane !== undefined && pane !== false)
  return (
    <Group
      orientation={direction}
      className={cx(s.group)}
      onLayoutChanged={(next, meta) => {
        if (meta.isUserInteraction) onLayout?.(next)
      }}
      {...given({ defaultLayout: layout })}
    >
      {shown.map((pane, index) => (
        <Fragment key={pane.id}>
          {index > 0 && <Separator className={cx(s.separator)} aria-label={label} />}
          <Panel
            id={pane.id}
            {...given({
              defaultSize: pane.defaultSize,
              minSize: pane.minSize,
              maxSize: pane.maxSize,
              groupResizeBehavior: pane.isFixed === true ? ('preserve-pixel-size' as const) : undefined,
            })}
          >
            <div className={s.panel}>{pane.children}</div>
          </Panel>
        </Fragment>
      ))}
    </Group>
  )
}
