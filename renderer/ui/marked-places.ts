import { RangeSetBuilder } from '@codemirror/state'
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'

const mark = Decoration.mark({ class: 'cm-searchMatch' })

/** Marks the matches of the list's search in code, as far as they are in view. */
export function markedPlaces(marker: MarkFinder) {
  const drawn = (view: EditorView): DecorationSet => {
    const found = new RangeSetBuilder<Decoration>()
    for (const { from, to } of view.visibleRanges)
      for (const one of marker(view.state.sliceDoc(from, to))) found.add(from + one.from, from + one.to, mark)
    return found.finish()
  }
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet
      constructor(view: EditorView) {
        this.decorations = drawn(view)
      }
      update({ docChanged, viewportChanged, view }: ViewUpdate) {
        if (docChanged || viewportChanged) this.decorations = drawn(view)
      }
    },
    { decorations: (plugin) => plugin.decorations },
  )
}
