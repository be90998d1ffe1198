import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProfileEntry, TestReport } from '#shared/contract/connections.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { Held } from '#shared/model/profile-caution.ts'
import { newProfileId, type ProfileId } from '#shared/model/ids.ts'
import { newProfile, raisesAccess } from '#shared/model/profile.ts'
import type { Api } from '../../api/client.ts'
import { importChoices, type ImportChoice } from './import-choices.ts'
import {
  checkDraft,
  draftOf,
  givenOnly,
  registrySecretsToSend,
  secretsToSend,
  withHeld,
  type ProfileDraft,
} from './profile-draft.ts'

export type TestState =
  | { readonly status: 'running'; readonly draft: ProfileDraft }
  | { readonly status: 'done'; readonly draft: ProfileDraft; readonly report: TestReport }
  | { readonly status: 'failed'; readonly draft: ProfileDraft; readonly error: ErrorValue }

export interface ImportOutcome {
  readonly understood: readonly string[]
  readonly ignored: readonly { key: string; why: string }[]
  /** The addresses of the schema registry, if the text names one. */
  readonly registry: readonly string[]
  /** What the text asks for beyond the defaults of a new profile. Agreeing to an item moves it into the form. */
  readonly held: readonly Held[]
}

/** A text with the settings of several clusters, until one is chosen. */
export interface Choosing {
  readonly text: string
  readonly message: string
  readonly choices: readonly ImportChoice[]
}

export interface ProfilesState {
  readonly selected: ProfileId | undefined
  /** Unsaved changes by profile id; they stay while another profile is shown. */
  readonly drafts: Readonly<Record<string, ProfileDraft>>
  /** Drafts that somebody tried to save or test: their missing fields are reported. */
  readonly attempted: Readonly<Record<string, true>>
  readonly saving: ProfileId | undefined
  readonly failures: Readonly<Record<string, ErrorValue>>
  readonly tests: Readonly<Record<string, TestState>>
  readonly imports: Readonly<Record<string, ImportOutcome>>
  readonly choosing: Readonly<Record<string, Choosing>>
  /** Waits for a name to be typed: saving would raise this profile's access mode, or create one with more than the default. */
  readonly confirming: ProfileId | undefined
}

export interface ProfilesStore extends StoreApi<ProfilesState> {
  select: (id: ProfileId | undefined) => void
  startNew: () => ProfileId
  change: (draft: ProfileDraft) => void
  revert: (id: ProfileId) => void
  /** The saved entry, or `undefined` if something prevents saving; the state then says what. */
  save: (id: ProfileId, confirm?: string) => Promise<ProfileEntry | undefined>
  stopConfirming: () => void
  duplicate: (id: ProfileId) => Promise<void>
  remove: (id: ProfileId) => Promise<void>
  test: (draft: ProfileDraft, agreed?: readonly string[]) => Promise<void>
  cancelTest: (id: ProfileId) => void
  forgetTest: (id: ProfileId) => void
  /**
   * Fills the form from pasted settings. The id stays, so an existing profile can be refilled. Throws the error that refused
   * the text. If the text contains several clusters, it first waits until one is chosen.
   */
  importInto: (id: ProfileId, text: string, cluster?: string) => Promise<void>
  stopChoosing: (id: ProfileId) => void
  /** Moves into the form what an import asked for beyond the defaults. */
  agreeToHeld: (id: ProfileId, held: Held) => void
}

interface Port {
  call: Api['call']
  /** The saved profiles in their current state. */
  entries: () => readonly ProfileEntry[]
  reload: () => Promise<void>
}

const without = <T>(map: Readonly<Record<string, T>>, id: string): Record<string, T> => {
  const { [id]: _gone, ...rest } = map
  return rest
}

// oxlint-disable-next-line max-lines-per-function -- one short action per operation on a draft; saving, testing and importing all end in the same draft
export function createProfilesStore({ call, entries, reload }: Port): ProfilesStore {
  const store = createStore<ProfilesState>(() => ({
    selected: undefined,
    drafts: {},
    attempted: {},
    saving: undefined,
    failures: {},
    tests: {},
    imports: {},
    choosing: {},
    confirming: undefined,
  }))
  const { getState, setState } = store
  const running = new Map<string, AbortController>()
  const entryOf = (id: string) => entries().find((entry) => entry.profile.id === id)
  const fail = (id: string, error: unknown): void =>
    setState((state) => ({ failures: { ...state.failures, [id]: toErrorValue(error) } }))
  const draftFor = (id: string): ProfileDraft | undefined => {
    const entry = entryOf(id)
    return getState().drafts[id] ?? (entry === undefined ? undefined : draftOf(entry.profile))
  }
  const drop = (id: string): void =>
    setState((state) => ({
      drafts: without(state.drafts, id),
      attempted: without(state.attempted, id),
      failures: without(state.failures, id),
      imports: without(state.imports, id),
      choosing: without(state.choosing, id),
      tests: withoutSecrets(state.tests, id),
    }))

  return {
    ...store,
    select: (selected) => setState({ selected }),
    startNew: () => {
      const id = newProfileId()
      const draft = { ...draftOf(newProfile(id)), name: '', brokers: '' }
      setState((state) => ({ drafts: { ...state.drafts, [id]: draft }, selected: id }))
      return id
    },
    change: (draft) =>
      setState((state) => ({
        drafts: { ...state.drafts, [draft.id]: draft },
        failures: without(state.failures, draft.id),
      })),
    revert: (id) => {
      drop(id)
      if (entryOf(id) === undefined) setState({ selected: undefined })
    },
    save: async (id, confirm) => {
      const draft = draftFor(id)
      if (draft === undefined || getState().saving !== undefined) return undefined
      setState((state) => ({ attempted: { ...state.attempted, [id]: true } }))
      const checked = checkDraft(draft)
      if (!checked.ok) return undefined
      const before = entryOf(id)?.profile
      if (
        confirm === undefined &&
        before !== undefined &&
        raisesAccess(before.accessMode, checked.profile.accessMode)
      ) {
        setState({ confirming: id })
        return undefined
      }
      setState((state) => ({ saving: id, failures: without(state.failures, id) }))
      let isAsking = false
      try {
        const secrets = secretsToSend(draft, checked.profile)
        const entry = await call('profiles.save', {
          profile: checked.profile,
          secrets,
          registrySecrets: registrySecretsToSend(draft, checked.profile),
          ...(confirm === undefined ? {} : { confirm }),
        })
        // The secrets are removed first: the form that is drawn for the saved profile must never have had them.
        const sent = { ...draft, secrets: {}, registrySecrets: {} }
        if (getState().drafts[id] === draft) setState((state) => ({ drafts: { ...state.drafts, [id]: sent } }))
        await reload()
        // The draft was changed while it was being saved: it is newer than what was saved.
        if (getState().drafts[id] === sent || getState().drafts[id] === undefined) drop(id)
        return entry
      } catch (error) {
        // For a new profile whose access is above the default. The default also depends on profiles that were deleted.
        isAsking = confirm === undefined && before === undefined && toErrorValue(error).code === 'access.unconfirmed'
        if (!isAsking) fail(id, error)
        return undefined
      } finally {
        setState({ saving: undefined, confirming: isAsking ? id : undefined })
      }
    },
    stopConfirming: () => setState({ confirming: undefined }),
    duplicate: async (id) => {
      try {
        const entry = await call('profiles.duplicate', { id })
        await reload()
        setState({ selected: entry.profile.id })
      } catch (error) {
        fail(id, error)
      }
    },
    remove: async (id) => {
      try {
        await call('profiles.delete', { id })
        drop(id)
        await reload()
        setState(({ selected }) => ({ selected: selected === id ? undefined : selected }))
      } catch (error) {
        fail(id, error)
      }
    },
    test: async (draft, agreed = []) => {
      const { id } = draft
      setState((state) => ({ attempted: { ...state.attempted, [id]: true } }))
      const checked = checkDraft(draft)
      if (!checked.ok) return
      running.get(id)?.abort()
      const abort = new AbortController()
      running.set(id, abort)
      const put = (test: TestState): void => {
        if (running.get(id) === abort) setState((state) => ({ tests: { ...state.tests, [id]: test } }))
      }
      put({ status: 'running', draft })
      try {
        const secrets = secretsToSend(draft, checked.profile)
        const more = agreed.length === 0 ? {} : { agreed: [...agreed] }
        const input = { profile: checked.profile, secrets: givenOnly(secrets), ...more }
        put({ status: 'done', draft, report: await call('connections.test', input, { signal: abort.signal }) })
      } catch (error) {
        if (!abort.signal.aborted) put({ status: 'failed', draft, error: toErrorValue(error) })
      } finally {
        if (running.get(id) === abort) running.delete(id)
      }
    },
    cancelTest: (id) => {
      running.get(id)?.abort()
      running.delete(id)
      setState((state) => ({ tests: without(state.tests, id) }))
    },
    forgetTest: (id) => setState((state) => ({ tests: without(state.tests, id) })),
    importInto: async (id, text, cluster) => {
      if (text.length > mostText) {
        throw new SeeklineError(
          'profile.invalid',
          `The text has ${text.length} characters; settings are far smaller.`,
          {
            hint: 'Paste only the part about reaching Kafka.',
          },
        )
      }
      const input = cluster === undefined ? { text } : { text, cluster }
      const imported = await call('profiles.import', input).catch((error: unknown) => {
        const choices = importChoices(error)
        if (choices.length === 0) throw error
        const message = toErrorValue(error).message
        setState((state) => ({ choosing: { ...state.choosing, [id]: { text, message, choices } } }))
        return undefined
      })
      if (imported === undefined) return
      const { profile, signIn, secrets, registrySecrets, understood, ignored, held } = imported
      const name = draftFor(id)?.name ?? ''
      const filled = draftOf({ ...profile, id }, secrets, signIn, registrySecrets)
      setState((state) => ({
        drafts: { ...state.drafts, [id]: { ...filled, name: name.trim() === '' ? filled.name : name } },
        imports: { ...state.imports, [id]: { understood, ignored, held, registry: profile.registry?.urls ?? [] } },
        choosing: without(state.choosing, id),
        failures: without(state.failures, id),
        tests: without(state.tests, id),
      }))
    },
    stopChoosing: (id) => setState((state) => ({ choosing: without(state.choosing, id) })),
    agreeToHeld: (id, held) =>
      setState((state) => {
        const draft = state.drafts[id]
        const imported = state.imports[id]
        if (draft === undefined || imported === undefined) return state
        const left = { ...imported, held: imported.held.filter((one) => one !== held) }
        return {
          drafts: { ...state.drafts, [id]: withHeld(draft, held) },
          imports: { ...state.imports, [id]: left },
        }
      }),
  }
}

/** The longest text that the API accepts. */
const mostText = 262_144

/** The test's result stays; secrets typed for it are removed with the draft. */
function withoutSecrets(tests: ProfilesState['tests'], id: string): ProfilesState['tests'] {
  const test = tests[id]
  return test === undefined
    ? tests
    : { ...tests, [id]: { ...test, draft: { ...test.draft, secrets: {}, registrySecrets: {} } } }
}
