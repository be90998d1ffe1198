import { useContext } from 'react'
import {
  OverlayTriggerStateContext,
  Popover as AriaPopover,
  Tooltip as AriaTooltip,
  TooltipTriggerStateContext,
  type PopoverProps,
  type TooltipProps,
} from 'react-aria-components'

// React Aria puts overlays at the end of the body, outside every landmark, so people who move from landmark to landmark never
// reach them. Its newer way to choose the place (UNSAFE_PortalProvider) belongs to a package that is not one of our
// dependencies.
const container = (): { UNSTABLE_portalContainer?: Element } => {
  const main = document.querySelector('main')
  return main === null ? {} : { UNSTABLE_portalContainer: main }
}

/** A tooltip inside the page's main landmark. */
export function TooltipInside(props: TooltipProps) {
  // Renders again when it opens: when its button was first rendered, the page's main landmark did not exist yet.
  useContext(TooltipTriggerStateContext)
  return <AriaTooltip {...props} {...container()} />
}

/** A popover with a dialog in it. Its hidden buttons for closing by touch must be in a landmark as well. */
export function PopoverInside(props: PopoverProps) {
  useContext(OverlayTriggerStateContext)
  return <AriaPopover {...props} {...container()} />
}
