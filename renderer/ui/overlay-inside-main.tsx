import { useContext } from 'react'
import {
  OverlayTriggerStateContext,
  Popover as AriaPopover,
  Tooltip as AriaTooltip,
  TooltipTriggerStateContext,
  type PopoverProps,
  type TooltipProps,
} from 'react-aria-components'

// React Aria puts overlays at the end of the body, outside every landmark: who goes from one landmark to the next does
// not come by them. Its newer way to say where (UNSAFE_PortalProvider) is of a package that is not ours to import.
const container = (): { UNSTABLE_portalContainer?: Element } => {
  const main = document.querySelector('main')
  return main === null ? {} : { UNSTABLE_portalContainer: main }
}

/** A tooltip inside the page's main landmark. */
export function TooltipInside(props: TooltipProps) {
  // Draws anew as it opens: when its button was first drawn there was no page yet to find.
  useContext(TooltipTriggerStateContext)
  return <AriaTooltip {...props} {...container()} />
}

/** A popover with a dialog in it: what it holds beside the dialog, to be left by touch, belongs to a landmark as well. */
export function PopoverInside(props: PopoverProps) {
  useContext(OverlayTriggerStateContext)
  return <AriaPopover {...props} {...container()} />
}
