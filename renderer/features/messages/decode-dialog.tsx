import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { saveFile } from '../../workbench/save-file.ts'
import { choiceOf, kinds, wrappers, type DecodeKind, type WrapperKind } from './decode-draft.ts'
import { KindFields } from './decode-fields.tsx'
import type { DecodablePart, DecodeStore } from './decode-store.ts'
import s from './decode-as.module.css'

export interface DecodeDialogProps {
  connectionId: ConnectionId
  store: DecodeStore
  topic: string
  /** What the loaded rows were decoded as, in words. */
  now: (part: DecodablePart) => string
  onClose: () => void
}

/**
 * Chooses the decoder of a topic's keys or values. The choice is stored with the profile, for this topic or for a pattern of
 * names.
 */
export function DecodeDialog({ connectionId, store, topic, now, onClose }: DecodeDialogProps) {
  const { isOpen, part, header, pattern, draft, rule, isBeyondForm, isBusy, error } = useStore(store)
  const choice = choiceOf(draft)
  const missing = pattern.trim() === '' ? 'For which topics?' : typeof choice === 'string' ? choice : undefined
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      size="wide"
      title={`Decode ${topic} as…`}
      footer={
        <>
          <Button onPress={() => void store.automatic()} isDisabled={rule === null}>
            Automatic again
          </Button>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            onPress={() => void store.apply()}
            isDisabled={missing !== undefined}
            isPending={isBusy}
          >
            Decode
          </Button>
        </>
      }
    >
      <Segmented<DecodablePart>
        label="Part"
        value={part}
        onChange={store.choosePart}
        options={[
          { id: 'value', label: 'Values' },
          { id: 'key', label: 'Keys' },
          ...(header === undefined ? [] : [{ id: 'header' as const, label: `Header ${header.slice(0, 60)}` }]),
        ]}
      />
      <p className={s.note}>
        {rule === null ? 'Nothing is chosen for them.' : `A choice for ${rule.topic} holds.`} {isOpen && now(part)}
      </p>
      {isBeyondForm && (
        <p className={s.note}>That choice has more than this form can show: what you choose here replaces it.</p>
      )}
      {error !== undefined && <ErrorBanner error={error} />}
      <div className={s.fields}>
        <Select<DecodeKind> label="As" options={kinds} value={draft.kind} onChange={(kind) => store.change({ kind })} />
        {draft.kind !== 'automatic' && (
          <Select<WrapperKind>
            label="Taken out of"
            options={wrappers}
            value={draft.wrapper}
            onChange={(wrapper) => store.change({ wrapper })}
          />
        )}
        <TextField
          label="For topics"
          mono
          value={pattern}
          onChange={store.setPattern}
          note="A name, or a pattern in which * stands for anything."
        />
      </div>
      <KindFields connectionId={connectionId} draft={draft} onChange={store.change} />
      {missing !== undefined && <p className={s.note}>{missing}</p>}
      <Sharing store={store} />
    </Dialog>
  )
}

/** All choices of the profile as a file for a team. */
function Sharing({ store }: { store: DecodeStore }) {
  const rules = useStore(store, (state) => state.rules)
  const { files } = useServices()
  const share = async () => {
    const file = await store.shared()
    if (file !== undefined)
      saveFile(files, { name: file.name, content: file.text, type: 'application/json' }, (saved) => `Saved what is chosen as ${saved}.`) // oxfmt-ignore
  }
  const take = async () => {
    const file = await files.open('Load choices from a file', ['json']).catch(toastFailure)
    if (file == null) return
    const taken = await store.take(file.text)
    if (taken !== undefined)
      toast(`${formatGrouped(taken.added)} choices added, ${formatGrouped(taken.replaced)} replaced.`)
  }
  return (
    <div className={s.share}>
      <span className={s.note}>
        {rules.length === 0
          ? 'Nothing is chosen in this profile.'
          : `Chosen in this profile: ${formatGrouped(rules.length)}.`}{' '}
        A file shares it with a team, schemas included.
      </span>
      <Button size="small" onPress={() => void share()} isDisabled={rules.length === 0}>
        Save all…
      </Button>
      <Button size="small" onPress={() => void take()}>
        Load from a file…
      </Button>
    </div>
  )
}
