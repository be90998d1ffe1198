import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Output } from '#shared/contract/define.ts'
import type { produce, ProducePlan, ProduceReceipt, RecordCheck } from '#shared/contract/produce.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ProduceTemplate } from '#shared/model/produce.ts'
import type { RecordAt } from '../../shared-views/record/whole-record.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import type { Work } from '../../workbench/running-work.ts'
import { checkForm, emptyForm, formOfRecord, formOfTemplate, headerRow, lacksSubject, recordOf,
  type HeaderRow, type ProduceForm } from './produce-form.ts' // oxfmt-ignore
import { emptyText } from './part-draft.ts'
import { createProduceTemplates, type TemplateActions } from './produce-templates.ts'

type Draft = Output<(typeof produce)['produce.draft']>
export interface ProduceProgress {
  readonly written: bigint
  readonly of: bigint
  readonly bytes: bigint
  readonly failed: bigint
  readonly recordsPerSecond: number
  readonly secondsLeft: number | null
  readonly note: string | null
}

export type ProduceSending =
  | { status: 'running'; plan: ProducePlan; progress: ProduceProgress | undefined; isCancelling: boolean }
  | { status: 'done'; receipt: ProduceReceipt }
  | { status: 'failed'; error: ErrorValue }

export interface ProduceState {
  readonly form: ProduceForm
  /** The record from which the form was filled. */
  readonly origin: RecordAt | undefined
  /** How the record was taken over, with what could not be. */
  readonly draft: Fetched<Draft>
  /** The app's check of the record as typed now or a moment ago. */
  readonly check: Fetched<RecordCheck>
  readonly plan: Fetched<ProducePlan>
  /** The form to which the plan belongs. */
  readonly planned: ProduceForm | undefined
  readonly run: ProduceSending | undefined
  readonly templates: Fetched<readonly ProduceTemplate[]>
}

export interface ProduceStore extends StoreApi<ProduceState>, TemplateActions {
  change: (part: Partial<ProduceForm>) => void
  addHeader: () => void
  changeHeader: (id: number, part: Partial<HeaderRow>) => void
  moveHeader: (id: number, by: -1 | 1) => void
  /** Fills the form from an existing record; if it is copied aside for a group, with all of it unchanged. */
  open: (at: RecordAt, aside?: string) => Promise<void>
  /** Resets the form to how it was opened, or to empty. */
  revert: () => void
  checkNow: () => Promise<void>
  makePlan: () => Promise<void>
  /** Writes what was planned. */
  apply: (confirm?: string) => Promise<void>
  cancel: () => void
  useTemplate: (template: ProduceTemplate) => void
}

/** Long enough not to send a request for each key, short enough to be there when somebody looks up. */
const CHECK_AFTER_MS = 250

// oxlint-disable-next-line max-lines-per-function -- the form, its check, its plan and the run: a change of one discards those after it
export function createProduceStore(api: StoreApiPort, start: Partial<ProduceForm> = {}, work?: Work): ProduceStore {
  const store = createStore<ProduceState>(() => ({
    form: { ...emptyForm, ...start },
    origin: undefined,
    draft: idle,
    check: idle,
    plan: idle,
    planned: undefined,
    run: undefined,
    templates: idle,
  }))
  const { getState, setState } = store
  let opening = 0
  let checking: AbortController | undefined
  let planning: AbortController | undefined
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const checkNow = async (): Promise<void> => {
    clearTimeout(timer)
    checking?.abort()
    const { form } = getState()
    const { connectionId, mode } = form
    const topic = form.topic.trim()
    if (connectionId === undefined || topic === '' || mode === 'lines' || lacksSubject(form))
      return setState({ check: idle })
    const mine = (checking = new AbortController())
    setState(({ check }) => ({ check: loading(check) }))
    const input = { connectionId, topic, record: recordOf(form), generated: mode === 'several' }
    try {
      const check = await api.call('produce.check', input, { signal: mine.signal })
      if (!mine.signal.aborted) setState({ check: ready(check) })
    } catch (error) {
      if (!mine.signal.aborted) setState({ check: failed(idle, error) })
    }
  }
  const checkSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void checkNow(), CHECK_AFTER_MS)
  }
  /** The form has changed: the last form's result would be taken for this one's. */
  const change = (part: Partial<ProduceForm>): void => {
    setState(({ form, run }) => ({
      form: { ...form, ...part },
      run: run?.status === 'running' ? run : undefined,
    }))
    if (checked.some((field) => field in part)) checkSoon()
  }
  return {
    ...store,
    ...createProduceTemplates(api, getState, (templates) => setState({ templates })),
    change,
    addHeader: () => change({ headers: [...getState().form.headers, headerRow({ name: emptyText, value: emptyText })] }), // oxfmt-ignore
    changeHeader: (id, part) =>
      change({ headers: getState().form.headers.map((row) => (row.id === id ? { ...row, ...part } : row)) }),
    moveHeader: (id, by) => {
      const headers = [...getState().form.headers]
      const from = headers.findIndex((row) => row.id === id)
      const to = from + by
      if (from === -1 || to < 0 || to >= headers.length) return
      ;[headers[from], headers[to]] = [headers[to]!, headers[from]!] // both indexes were checked
      change({ headers })
    },
    open: async (at, aside) => {
      const mine = (opening += 1)
      // The target is known before the record is, even if the record cannot be read.
      const form: ProduceForm = { ...getState().form, connectionId: at.connectionId, topic: at.topic, mode: 'one' }
      setState({ form, origin: at, draft: loading(idle), check: idle, plan: idle, planned: undefined, run: undefined })
      try {
        const read = await api.call('produce.draft', { ...at, ...(aside === undefined ? {} : { schemas: 'stored' }) })
        if (mine !== opening) return
        const draft = aside === undefined ? read : asideOf(read, at, aside)
        setState({ draft: ready(draft) })
        change({ ...formOfRecord(draft.record), ...(aside === undefined ? {} : { topic: '' }) })
      } catch (error) {
        if (mine === opening) setState({ draft: failed(idle, error) })
      }
    },
    revert: () => {
      const { draft, form } = getState()
      const { key, value, headers, partition, timestamp } = emptyForm
      change({
        key,
        value,
        headers,
        partition,
        timestamp,
        lines: { ...form.lines, name: '', text: '', path: '' },
        ...(draft.value === undefined ? {} : formOfRecord(draft.value.record)),
      })
    },
    checkNow,
    makePlan: async () => {
      const { form } = getState()
      const asked = checkForm(form)
      if (!asked.ok) return
      planning?.abort()
      const mine = (planning = new AbortController())
      setState(({ plan, run }) => ({ plan: loading(plan), run: run?.status === 'running' ? run : undefined }))
      const { connectionId, topic, source, skipBad } = asked
      try {
        const plan = await api.call('produce.plan', { connectionId, topic, source, skipBad }, { signal: mine.signal })
        if (!mine.signal.aborted) setState({ plan: ready(plan), planned: form })
      } catch (error) {
        if (!mine.signal.aborted) setState({ plan: failed(idle, error), planned: undefined })
      }
    },
    apply: async (confirm) => {
      const { form, plan, planned, run } = getState()
      const asked = checkForm(form)
      if (!asked.ok || plan.value === undefined || planned !== form || run?.status === 'running') return
      const mine = (running = new AbortController())
      setState({ run: { status: 'running', plan: plan.value, progress: undefined, isCancelling: false } })
      const shown = work?.begin(`Producing into ${asked.topic}`)
      const { connectionId, source } = asked
      try {
        const receipt = await api.openStream(
          'produce.apply',
          { connectionId, source, plan: plan.value, ...(confirm === undefined ? {} : { confirm }) },
          {
            signal: mine.signal,
            onProgress: (progress) => {
              shown?.update(progress.of === 0n ? null : Number(progress.written) / Number(progress.of))
              setState((now) => (now.run?.status === 'running' ? { run: { ...now.run, progress } } : {}))
            },
          },
        )
        // Writing again is a second change, with a plan of its own.
        setState({ run: { status: 'done', receipt }, plan: idle, planned: undefined })
        shown?.end(receipt.summary)
      } catch (error) {
        const value = toErrorValue(error)
        const isRefused = value.code.startsWith('access.')
        setState({ run: { status: 'failed', error: value }, ...(isRefused ? {} : { plan: idle, planned: undefined }) })
        shown?.end(`It failed: ${value.message}`)
      } finally {
        running = undefined
      }
    },
    cancel: () => {
      running?.abort()
      setState(({ run }) => (run?.status === 'running' ? { run: { ...run, isCancelling: true } } : {}))
    },
    useTemplate: (template) => {
      // A record that is still being read is no longer wanted.
      opening += 1
      setState({ origin: undefined, draft: idle })
      change(formOfTemplate(template))
    },
  }
}

/** The parts of the form that a check depends on. */
const checked = ['connectionId', 'topic', 'mode', 'key', 'value', 'headers', 'partition', 'timestamp'] as const

/**
 * With these headers the copy says where it comes from, and the record panel links back. The partition is chosen by the new
 * topic.
 */
function asideOf(draft: Draft, { topic, partition, offset }: RecordAt, group: string): Draft {
  const facts = { topic, partition: String(partition), offset: String(offset), group }
  const origin = Object.entries(facts).map(([name, text]) => ({
    name: { as: 'text' as const, text: `seekline.original-${name}` },
    value: { as: 'text' as const, text },
  }))
  return {
    ...draft,
    record: { ...draft.record, partition: null, headers: [...draft.record.headers, ...origin] },
    notes: [...draft.notes, 'It is copied as it is stored. Its last headers say where it came from.'],
  }
}
