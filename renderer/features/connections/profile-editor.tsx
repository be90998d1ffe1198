import { useState } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { saslFieldNames } from '#shared/model/sasl/mechanisms.ts'
import { useServices } from '../../workbench/services.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { TypedConfirmation } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { CloseIcon, MoreIcon } from '../../ui/icons.ts'
import { Menu } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import type { ConnectStore } from '../../shared-views/connection/connect-store.ts'
import { ConnectionStrip, useConnect } from '../../shared-views/connection/connection-strip.tsx'
import { exportProfile } from './export-profile.ts'
import { ChooseCluster, ImportPanel, ImportResult } from './import-panel.tsx'
import { checkDraft, draftOf, withMapping, type DraftErrors, type ProfileDraft } from './profile-draft.ts'
import { ProfileForm } from './profile-form.tsx'
import { accessWords } from '../../shared-views/connection/access-mode.ts'
import { registryTexts } from './registry-draft.ts'
import { tlsTexts } from './tls-draft.ts'
import type { ProfilesStore } from './profiles-store.ts'
import { TestPanel } from './test-panel.tsx'
import { useAppInfo } from '../../workbench/use-app-info.ts'
import s from './connections.module.css'

export interface ProfileEditorProps {
  id: ProfileId
  /** Undefined for a profile that was never saved. */
  entry: ProfileEntry | undefined
  store: ProfilesStore
  connectStore: ConnectStore
  onClose?: (() => void) | undefined
  onDelete?: ((entry: ProfileEntry) => void) | undefined
  /** The paste box is open at first, and there is no header. */
  isFirst?: boolean
}

/** The form of one profile, with its connection above and its actions below. */
// oxlint-disable-next-line max-lines-per-function -- head, form, test and foot of one profile: each has a file of its own, and this says when each is shown
export function ProfileEditor({ id, entry, store, connectStore, onClose, onDelete, isFirst }: ProfileEditorProps) {
  const { connections, files } = useServices()
  const { edited, isAttempted, failure, test, imported, choosing, saving, isConfirming } = useStore(
    store,
    useShallow((state) => ({
      edited: state.drafts[id],
      isAttempted: state.attempted[id] === true,
      failure: state.failures[id],
      test: state.tests[id],
      imported: state.imports[id],
      choosing: state.choosing[id],
      saving: state.saving,
      isConfirming: state.confirming === id,
    })),
  )
  const openState = useStore(connections, (all) => all.open[id])
  const [isPasting, setPasting] = useState(false)
  // Saving may wait until a name is typed; the connecting that was asked for then still follows.
  const [connectsAfter, setConnectsAfter] = useState(false)
  const info = useAppInfo()
  const connect = useConnect(connectStore, true)
  const draft = edited ?? (entry === undefined ? undefined : draftOf(entry.profile))
  if (draft === undefined) return null

  const errors = errorsFor(draft, isAttempted, failure?.details?.['field'])
  const map = (address: string) => store.change(withMapping(draft, address))
  const isOpen = openState !== undefined && openState.status !== 'failed'
  const saveAndConnect = async () => {
    setConnectsAfter(true)
    const saved = edited === undefined ? entry : await store.save(id)
    if (saved !== undefined) await connect(id)
  }
  const checked = checkDraft(draft)
  const namedAs = entry?.profile.name ?? (checked.ok ? checked.profile.name : draft.name)
  const canSave = edited !== undefined && saving === undefined
  return (
    <div className={s.editor}>
      {isFirst !== true && (
        <header className={s.editorHead}>
          <h2 className={s.ellipsis}>{entry?.profile.name ?? 'New profile'}</h2>
          <span className={s.grow} />
          <Button
            size="small"
            variant="quiet"
            onPress={() => setPasting((before) => !before)}
            aria-expanded={isPasting}
          >
            Paste settings
          </Button>
          {entry !== undefined && (
            <Menu
              label="More"
              placement="bottom end"
              trigger={
                <IconButton label="More" size="small">
                  <MoreIcon size={14} />
                </IconButton>
              }
              items={[
                { id: 'copy', label: 'Duplicate', onAction: () => void store.duplicate(id) },
                {
                  id: 'export',
                  label: 'Export without secrets…',
                  onAction: () => exportProfile(files, entry.profile),
                },
                '-',
                { id: 'delete', label: 'Delete…', isDanger: true, onAction: () => onDelete?.(entry) },
              ]}
            />
          )}
          <IconButton label="Close the form" size="small" onPress={() => onClose?.()}>
            <CloseIcon size={14} />
          </IconButton>
        </header>
      )}
      <div className={s.scroll}>
        <ConnectionStrip
          profileId={id}
          name={entry?.profile.name ?? 'the cluster'}
          store={connectStore}
          onMap={map}
          opensTopics
        />
        {choosing === undefined && (isPasting || (isFirst === true && imported === undefined)) && (
          <ImportPanel
            autoFocus={isPasting}
            onImport={async (text) => {
              await store.importInto(id, text)
              setPasting(false)
            }}
            onClose={isFirst === true ? undefined : () => setPasting(false)}
          />
        )}
        {choosing !== undefined && (
          <ChooseCluster
            choosing={choosing}
            onChoose={(cluster) => store.importInto(id, choosing.text, cluster)}
            onCancel={() => store.stopChoosing(id)}
          />
        )}
        {imported !== undefined && choosing === undefined && (
          <ImportResult {...imported} onAgree={(held) => store.agreeToHeld(id, held)} />
        )}
        <ProfileForm
          draft={draft}
          saved={entry}
          errors={errors}
          secretsSentence={info?.secrets.sentence}
          onChange={store.change}
        />
      </div>
      {test !== undefined && (
        <div className={s.testBox}>
          <TestPanel
            test={test}
            isOld={test.status !== 'running' && test.draft !== draft && edited !== undefined}
            onCancel={() => store.cancelTest(id)}
            onClose={() => store.forgetTest(id)}
            onMap={map}
            onAgree={(agreed) => void store.test(draft, agreed)}
          />
        </div>
      )}
      {failure !== undefined && errors['name'] !== failure.message && (
        <ErrorBanner error={failure} onRetry={edited === undefined ? undefined : () => void store.save(id)} />
      )}
      <footer className={s.actions}>
        <Button isPending={test?.status === 'running'} onPress={() => void store.test(draft)}>
          Test
        </Button>
        <span className={s.grow}>
          {isAttempted && Object.keys(errors).length > 0 && (
            <span className={s.bad} role="alert">
              {Object.keys(errors).length === 1
                ? 'One field needs another look.'
                : `${Object.keys(errors).length} fields need another look.`}
            </span>
          )}
        </span>
        {edited !== undefined && isFirst !== true && (
          <Button variant="quiet" onPress={() => store.revert(id)}>
            {entry === undefined ? 'Discard' : 'Revert'}
          </Button>
        )}
        <Button
          isDisabled={!canSave}
          isPending={saving === id}
          variant={isOpen ? 'primary' : 'default'}
          onPress={() => {
            setConnectsAfter(false)
            void store.save(id).then((saved) => {
              if (saved !== undefined) toast(`${saved.profile.name} is saved.`)
            })
          }}
        >
          Save
        </Button>
        {!isOpen && (
          <Button variant="primary" onPress={() => void saveAndConnect()}>
            {edited === undefined ? 'Connect' : 'Save and connect'}
          </Button>
        )}
      </footer>
      <TypedConfirmation
        isOpen={isConfirming}
        title={`Let more be changed through ${namedAs}?`}
        name={namedAs}
        action="Save"
        isPending={saving === id}
        onCancel={store.stopConfirming}
        onAction={(typed) =>
          void store.save(id, typed).then((saved) => {
            if (saved !== undefined && connectsAfter) void connect(id)
          })
        }
      >
        <p>
          {entry === undefined
            ? 'A profile of these brokers starts with less: this one would start with '
            : `Access goes from ${entry.profile.accessMode} to `}
          <b>{draft.accessMode}</b>. {accessWords[draft.accessMode]}
        </p>
      </TypedConfirmation>
    </div>
  )
}

/** Errors about empty fields are hidden until the first attempt. */
function errorsFor(draft: ProfileDraft, isAttempted: boolean, failedField: unknown): DraftErrors {
  const checked = checkDraft(draft)
  const errors: Record<string, string> = checked.ok ? {} : { ...checked.errors }
  if (failedField === 'name') errors['name'] ??= 'Another profile has this name.'
  if (isAttempted) return errors
  const text: Record<string, string> = {
    ...Object.fromEntries(saslFieldNames.map((name) => [`sasl.${name}`, draft.signIn[name] ?? ''])),
    brokers: draft.brokers,
    name: draft.name,
    ...tlsTexts(draft, 'tls'),
    ...registryTexts(draft.registry),
  }
  return Object.fromEntries(Object.entries(errors).filter(([path]) => text[path] === undefined || text[path] !== ''))
}
