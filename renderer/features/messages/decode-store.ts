import { createStore, type StoreApi } from 'zustand/vanilla'
import { ruleFor, type DecodeChoice, type DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { toastFailure } from '../../ui/toast.tsx'
import { choiceOf, draftOf, emptyDraft, type DecodeDraft } from './decode-draft.ts'

export type DecodablePart = 'key' | 'value' | 'header'

export interface DecodeState {
  readonly isOpen: boolean
  readonly part: DecodablePart
  /** The chosen header, if one was chosen. */
  readonly header: string | undefined
  /** The topic, or a pattern with `*`. */
  readonly pattern: string
  readonly draft: DecodeDraft
  readonly rules: readonly DecodeRule[]
  /** The rule that now applies to this part of the topic. */
  readonly rule: DecodeRule | null
  /** The current rule says more than the form can show: a choice made here replaces it. */
  readonly isBeyondForm: boolean
  readonly isBusy: boolean
  readonly error: unknown
}

export interface DecodeStore extends StoreApi<DecodeState> {
  open: (part: DecodablePart, header?: string) => Promise<void>
  choosePart: (part: DecodablePart) => void
  change: (draft: Partial<DecodeDraft>) => void
  setPattern: (pattern: string) => void
  apply: () => Promise<void>
  /** Without a rule: the automatic choice, as for all topics. */
  automatic: (part?: DecodablePart) => Promise<void>
  /** All choices of the profile as a file; undefined: it failed, and `error` says why. */
  shared: () => Promise<{ name: string; text: string } | undefined>
  /** Adds the choices of such a file to the existing ones. */
  take: (text: string) => Promise<{ added: number; replaced: number } | undefined>
  close: () => void
}

// oxlint-disable-next-line max-lines-per-function -- one dialog: its fields, what was tried with them and what is saved follow from one another
export function createDecodeStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): DecodeStore {
  const store = createStore<DecodeState>(() => ({
    isOpen: false,
    part: 'value',
    header: undefined,
    pattern: topic,
    draft: emptyDraft,
    rules: [],
    rule: null,
    isBeyondForm: false,
    isBusy: false,
    error: undefined,
  }))
  const { getState, setState } = store
  let last: Promise<void> = Promise.resolve()

  const headerOf = (part: DecodablePart): string | undefined => (part === 'header' ? getState().header : undefined)
  const show = (part: DecodablePart, rules: readonly DecodeRule[]): void => {
    const rule = ruleFor(rules, topic, part, headerOf(part))
    const draft = rule === null ? emptyDraft : rule.chain.length === 1 ? draftOf(rule.chain[0]!) : undefined // its length is 1, as checked
    setState({ part, rules, rule, pattern: rule?.topic ?? topic, draft: draft ?? emptyDraft, isBeyondForm: draft === undefined }) // oxfmt-ignore
  }
  /** One request at a time: a dialog opened during a change shows the result of the change and stays open. */
  const busy = (work: () => Promise<Partial<DecodeState>>): Promise<void> => {
    last = last.then(async () => {
      setState({ isBusy: true, error: undefined })
      try {
        setState({ ...(await work()), isBusy: false })
      } catch (error) {
        setState({ isBusy: false })
        if (getState().isOpen) setState({ error })
        else toastFailure(error)
      }
    })
    return last
  }
  const set = (part: DecodablePart, pattern: string, chain: DecodeChoice[] | null) =>
    busy(async () => {
      const header = headerOf(part)
      const { rules } = await api.call('decoding.set', { connectionId, topic: pattern, part, ...named(header), chain })
      return { isOpen: false, rules, rule: ruleFor(rules, topic, part, header) }
    })

  return {
    ...store,
    open: (part, header) =>
      // The current choice is read before the form is shown: read later, it would overwrite what the user selects.
      busy(async () => {
        const known = await api.call('decoding.get', { connectionId }).catch((error: unknown) => ({ rules: [], error }))
        setState({ header })
        show(part, known.rules)
        return { ...known, isOpen: true }
      }),
    choosePart: (part) => show(part, getState().rules),
    change: (draft) => setState((before) => ({ draft: { ...before.draft, ...draft }, isBeyondForm: false })),
    setPattern: (pattern) => setState({ pattern }),
    apply: async () => {
      const { draft, part, pattern, rule, rules } = getState()
      const choice = choiceOf(draft)
      if (typeof choice === 'string') return
      if (choice.as !== 'automatic') return set(part, pattern.trim(), [choice])
      // Without its own rule, the topic may still match another pattern; then a rule for this topic says otherwise.
      const others = rules.filter((one) => one !== rule)
      const isCovered = ruleFor(others, topic, part, headerOf(part)) !== null
      await set(part, pattern.trim(), isCovered ? [choice] : null)
    },
    automatic: async (part = getState().part) => {
      await busy(async () => {
        const { rules } = await api.call('decoding.get', { connectionId })
        const header = headerOf(part)
        const others = rules.filter((one) => !(one.topic === topic && one.part === part && one.header === header))
        const chain: DecodeChoice[] | null =
          ruleFor(others, topic, part, header) === null ? null : [{ as: 'automatic' }]
        const { rules: now } = await api.call('decoding.set', { connectionId, topic, part, ...named(header), chain })
        return { isOpen: false, rules: now, rule: ruleFor(now, topic, part, header) }
      })
    },
    shared: async () => {
      let file: { name: string; text: string } | undefined
      await busy(async () => {
        file = await api.call('decoding.export', { connectionId })
        return {}
      })
      return file
    },
    take: async (text) => {
      let taken: { added: number; replaced: number } | undefined
      await busy(async () => {
        const { rules, ...counts } = await api.call('decoding.import', { connectionId, text })
        show(getState().part, rules)
        taken = counts
        return {}
      })
      return taken
    },
    close: () => setState({ isOpen: false, error: undefined }),
  }
}

const named = (header: string | undefined) => (header === undefined ? {} : { header })
