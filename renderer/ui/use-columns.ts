import { useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { PIECE } from './text-lines.ts'

/** Fewer columns than this cannot be read; in a narrower frame the view scrolls sideways. */
const FEWEST = 12

/** How many columns of the fixed-width font fit in a frame, of which `around` pixels are used for other things. */
export function useColumns(around: number): [RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null)
  const [columns, setColumns] = useState(PIECE)
  useLayoutEffect(() => {
    const element = frame.current
    if (element === null || typeof ResizeObserver === 'undefined') return undefined
    const measure = (): void => {
      const view = element.querySelector<HTMLElement>('[data-verbatim]')
      if (view === null || view.clientWidth === 0) return
      const { fontSize, fontFamily } = getComputedStyle(view)
      const font = `${fontSize} ${fontFamily}`
      // Until the font's file is loaded, another font would be measured and its width stored.
      if (!document.fonts.check(font)) return void document.fonts.load(font).then(measure, () => undefined)
      setColumns(Math.min(PIECE, Math.max(FEWEST, Math.floor((view.clientWidth - around) / characterWidth(font)))))
    }
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [around])
  return [frame, columns]
}

const widths = new Map<string, number>()
function characterWidth(font: string): number {
  const known = widths.get(font)
  if (known !== undefined) return known
  const canvas = document.createElement('canvas').getContext('2d')
  if (canvas !== null) canvas.font = font
  const width = (canvas?.measureText('0'.repeat(100)).width ?? 0) / 100 || 8
  widths.set(font, width)
  return width
}
