import { use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode, type Ref } from 'react'
import type { Value } from '#shared/model/decoded-value.ts'
import { copyText } from '../../ui/copy-button.tsx'
import { cx } from '../../ui/class-names.ts'
import { FindBar, nothingFound, type FindHandle, type Found } from '../../ui/find-bar.tsx'
import { indentJson } from '../../ui/json-text.ts'
import { MarkedText } from '../../ui/marked.tsx'
import type { MenuEntry } from '../../ui/menu.tsx'
import { SafeText } from '../../ui/safe-text.tsx'
import { toast } from '../../ui/toast.tsx'
import { Tree, treeRows, type TreeHandle, type TreeRow } from '../../ui/tree.tsx'
import { namedField, NamedFields } from './named-fields.ts'
import { findNodes } from './find-nodes.ts'
import {
  isCutInside,
  isOpenAtFirst,
  nameOf,
  nodesOf,
  pathText,
  pathTo,
  shownNodes,
  stepName,
  type Step,
  type ValueNode,
} from './value-nodes.ts'
import { copiedValue, shownValue, typeNote, typeText } from './value-words.ts'
import syntax from '../../ui/syntax.module.css'
import s from './value.module.css'

export interface ValueTreeProps {
  label: string
  /** The first part of its paths: "value", "key". */
  root: string
  value: Value
  /** What else can be done with a field. */
  actions?: ((path: readonly Step[]) => readonly MenuEntry[]) | undefined
  /** Keys of these actions, which the tree itself does not use; true: the key was one of them. */
  onKey?: ((path: readonly Step[], event: KeyboardEvent) => boolean) | undefined
  find?: Ref<FindHandle> | undefined
}

const { string, number, atom } = syntax
const tones = { string, number, atom, bytes: s.bytes, cut: s.cut, none: s.none }
/** The most of a text that a row shows. */
const ROW_CHARACTERS = 400
/** A longer text is shown below the tree. */
const CUT_CHARACTERS = 40
const READ_CHARACTERS = 20_000

interface Row extends TreeRow {
  readonly at: number
}

/**
 * A decoded value as a foldable tree: names and values, types in a column of their own, and the path of the current node below.
 */
// oxlint-disable-next-line max-lines-per-function -- which nodes are open, found and active refer to the same list of nodes; drawing them is in another file
export function ValueTree({ label, root, value, actions, onKey, find }: ValueTreeProps) {
  const tree = useRef<TreeHandle>(null)
  const named = use(NamedFields)
  const nodes = useMemo(() => nodesOf(value), [value])
  /** By path, so that the next record is folded in the same way. */
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map())
  const [found, setFound] = useState<Found>(nothingFound)
  const [active, setActive] = useState<number>()
  const pathAt = useCallback((at: number) => pathText(pathTo(nodes, at)), [nodes])
  const isOpen = useCallback(
    (at: number) => turned.get(pathAt(at)) ?? isOpenAtFirst(nodes, nodes[at]!), // rows are made from these nodes, so `at` is a node's index
    [nodes, turned, pathAt],
  )
  const rows = useMemo(
    () =>
      treeRows(
        shownNodes(nodes, (at) => nodes[at]!.end === at + 1 || isOpen(at)).map((at) => rowOf(nodes, at, isOpen)), // rows are made from these nodes, so `at` is a node's index
      ),
    [nodes, isOpen],
  )
  const turn = (which: readonly number[], isExpanded: boolean) =>
    setTurned((before) => new Map([...before, ...which.map((at) => [pathAt(at), isExpanded] as const)]))

  const place = found.places[found.at]
  /** Once for each match that is stepped to: if the user folds it again, or moves on by keys, it stays that way. */
  const onFound = useCallback(
    (next: Found) => {
      setFound(next)
      const at = next.places[next.at]
      if (at === undefined) return
      setTurned((before) => {
        const above = new Map<string, boolean>()
        for (let up = nodes[at]!.parent; up > 0; up = nodes[up]!.parent) above.set(pathAt(up), true) // rows are made from these nodes, so `at` is a node's index
        return new Map([...before, ...above])
      })
    },
    [nodes, pathAt],
  )
  const shownFor = useRef(found)
  useEffect(() => {
    if (shownFor.current === found) return
    shownFor.current = found
    if (place !== undefined) tree.current?.goTo(String(place))
  }, [place, found])
  const look = useCallback((typed: string, signal: AbortSignal) => findNodes(nodes, typed, signal), [nodes])
  const foundAt = useMemo(() => new Set(found.places), [found.places])

  const copy = (at: number) => void copyNode(nodes, at, nameOf(nodes[at]!.step) || root) // rows are made from these nodes, so `at` is a node's index
  const copyPath = (at: number) =>
    void copyText(fullPath(root, pathTo(nodes, at))).then(() => toast('Copied the path.'))
  const inside = (at: number) => {
    const all: number[] = []
    for (let i = at; i < nodes[at]!.end; i += 1) if (nodes[i]!.end > i + 1) all.push(i) // rows are made from these nodes, so `at` is a node's index
    return all
  }
  const menu = ({ at }: Row): MenuEntry[] => [
    { id: 'copy', label: 'Copy value', shortcut: 'Mod+C', onAction: () => copy(at) },
    { id: 'path', label: 'Copy path', shortcut: 'Alt+C', onAction: () => copyPath(at) },
    ...(actions?.(pathTo(nodes, at)) ?? []),
    '-',
    {
      id: 'open',
      label: 'Unfold all of it',
      isDisabled: inside(at).length === 0,
      onAction: () => turn(inside(at), true),
    },
    { id: 'openAll', label: 'Unfold everything', shortcut: '*', onAction: () => turn(inside(0), true) },
    {
      id: 'fold',
      label: 'Fold everything',
      shortcut: '/',
      onAction: () =>
        turn(
          inside(0).filter((i) => i > 0),
          false,
        ),
    },
  ]
  const onTreeKey = ({ at }: Row, event: KeyboardEvent): boolean => {
    const isMod = event.ctrlKey || event.metaKey
    if (isMod && !event.altKey && event.key === 'c') copy(at)
    else if (event.altKey && !isMod && event.code === 'KeyC') copyPath(at)
    else if (!isMod && !event.altKey && event.key === '*') turn(inside(0), true)
    else if (!isMod && !event.altKey && event.key === '/')
      turn(
        inside(0).filter((i) => i > 0),
        false,
      )
    else return onKey?.(pathTo(nodes, at), event) ?? false
    return true
  }
  const current = active === undefined || active >= nodes.length ? undefined : active
  return (
    <div className={s.shell}>
      <FindBar
        label={`Find names and values in ${label.toLowerCase()}`}
        look={look}
        found={found}
        onFound={onFound}
        handle={find}
        onLeave={() => tree.current?.focus()}
      />
      <Tree<Row>
        label={label}
        rows={rows}
        isVerbatim
        onOpen={(row) => {
          if (row.isExpandable === true) turn([row.at], row.isExpanded !== true)
        }}
        onToggle={(row, isExpanded) => turn([row.at], isExpanded)}
        onActive={(row) => setActive(row.at)}
        onKey={onTreeKey}
        menu={menu}
        draw={({ at }) => (
          <NodeRow
            node={nodes[at]!} // rows are made from these nodes, so `at` is a node's index
            isFolded={!isOpen(at)}
            isNamed={named.size > 0 && named.has(namedField(root, pathTo(nodes, at).map(stepName)))}
            mark={foundAt.has(at) ? (at === place ? 'current' : 'found') : undefined}
          />
        )}
        handle={tree}
      />
      {current !== undefined && <Where root={root} nodes={nodes} at={current} />}
    </div>
  )
}

function rowOf(nodes: readonly ValueNode[], at: number, isOpen: (at: number) => boolean): Row {
  const { value, step, level, end } = nodes[at]! // rows are made from these nodes, so `at` is a node's index
  const isExpandable = end > at + 1
  return {
    id: String(at),
    at,
    text: nameOf(step),
    level,
    ...(isExpandable ? { isExpandable, isExpanded: isOpen(at) } : {}),
    meta: typeText(value) || undefined,
    metaNote: [typeText(value), typeNote(value)].filter((words) => words !== '').join(': ') || undefined,
  }
}

function NodeRow({
  node,
  isFolded,
  isNamed,
  mark,
}: {
  node: ValueNode
  isFolded: boolean
  isNamed: boolean
  mark: 'found' | 'current' | undefined
}) {
  const { value, step, end } = node
  const { text, tone, stored } = shownValue(value)
  const isContainer = end - 1 > 0 && tone === 'none'
  const words: ReactNode = (
    <>
      {step !== null && (
        <span className={step.kind === 'item' ? s.item : s.name}>
          <SafeText text={nameOf(step)} limit={ROW_CHARACTERS} />
        </span>
      )}
      {step !== null && ' '}
      {!(isContainer && !isFolded) && (
        <span className={cx(tones[tone], isNamed && s.named)}>
          <MarkedText text={text} limit={ROW_CHARACTERS} />
        </span>
      )}
      {stored !== undefined && (
        <span className={s.stored} title="As it is stored">
          {' '}
          <SafeText text={stored} limit={80} />
        </span>
      )}
    </>
  )
  return mark === undefined ? words : <mark data-current={mark === 'current' || undefined}>{words}</mark>
}

/** The current node in full, for users of the keyboard, who have no tooltips. */
function Where({ root, nodes, at }: { root: string; nodes: readonly ValueNode[]; at: number }) {
  const { value } = nodes[at]! // rows are made from these nodes, so `at` is a node's index
  const { text, tone, stored } = shownValue(value)
  const note = typeNote(value)
  const isLong = tone !== 'none' && text.length > CUT_CHARACTERS
  return (
    <div className={s.where}>
      <div className={s.path}>
        <code>
          <SafeText text={fullPath(root, pathTo(nodes, at))} limit={400} />
        </code>
        <span>
          {typeText(value)}
          {note !== '' && ` · ${note}`}
          {stored !== undefined && ` · stored as ${stored}`}
        </span>
      </div>
      {isLong && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys
        <div className={s.whole} data-verbatim="" tabIndex={0} role="region" aria-label="All of it">
          <SafeText text={text} limit={READ_CHARACTERS} />
        </div>
      )}
    </div>
  )
}

function fullPath(root: string, steps: readonly Step[]): string {
  const rest = pathText(steps)
  return rest === '' ? root : rest.startsWith('[') ? `${root}${rest}` : `${root}.${rest}`
}

/** What was left out of the tree is missing in a copy as well, which says so. */
async function copyNode(nodes: readonly ValueNode[], at: number, name: string): Promise<void> {
  const { value, end } = nodes[at]! // rows are made from these nodes, so `at` is a node's index
  const text = copiedValue(value)
  const json = end > at + 1 ? indentJson(text) : undefined
  await copyText(json?.ok === true ? json.text : text)
  const isCut = isCutInside(nodes, at)
  toast(isCut ? { text: `Copied ${name}, of which the tree shows a part only.`, tone: 'warn' } : `Copied ${name}.`)
}
