import { useState } from 'react'
import { useStore } from 'zustand'
import type { ProduceTemplate } from '#shared/model/produce.ts'
import { useServices } from '../../workbench/services.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorBanner } from '../../ui/error-banner.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { SafeText } from '../../ui/safe-text.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { toast } from '../../ui/toast.tsx'
import type { ProduceState, ProduceStore } from './produce-store.ts'
import s from './produce.module.css'

interface TemplatesDialogProps {
  store: ProduceStore
  onClose: () => void
}

const topicOf = ({ form }: ProduceState): string => form.topic.trim()

/** The records saved as templates of the topic, stored with the profile. */
export function TemplatesDialog({ store, onClose }: TemplatesDialogProps) {
  const templates = useStore(store, (state) => state.templates)
  const topic = useStore(store, topicOf)
  const items = templates.value ?? []
  return (
    <Dialog isOpen onClose={onClose} title={`Templates of ${topic}`} size="wide">
      {templates.status === 'failed' && (
        <ErrorBanner error={templates.error} onRetry={() => void store.loadTemplates()} />
      )}
      {items.length === 0 ? (
        <p className={s.dim}>None yet. The form can be saved under a name and loaded again.</p>
      ) : (
        <ul className={s.templates} aria-label="Templates">
          {items.map((template) => (
            <Row key={template.name} store={store} template={template} onClose={onClose} />
          ))}
        </ul>
      )}
      <Keep store={store} />
      <TeamFile store={store} />
    </Dialog>
  )
}

function Row({ store, template, onClose }: TemplatesDialogProps & { template: ProduceTemplate }) {
  const { name, count } = template
  const [renamed, setRenamed] = useState<string>()
  if (renamed !== undefined) {
    const rename = () => {
      if (renamed.trim() === name) return setRenamed(undefined)
      // The error is shown above.
      if (renamed.trim() !== '') store.saveTemplate(renamed, name).catch(() => undefined)
    }
    return (
      <li>
        <TextField label="New name" layout="hidden" autoFocus value={renamed} onChange={setRenamed} onEnter={rename} />
        <Button size="small" onPress={rename}>
          Keep the name
        </Button>
      </li>
    )
  }
  return (
    <li>
      <span className={s.template}>
        <SafeText text={name} limit={200} />
        {count > 1 && <span className={s.dim}> {formatGrouped(count)} records</span>}
      </span>
      <Button
        size="small"
        aria-label={`Use ${name}`}
        onPress={() => {
          store.useTemplate(template)
          onClose()
        }}
      >
        Use
      </Button>
      <Button size="small" aria-label={`Rename ${name}`} onPress={() => setRenamed(name)}>
        Rename
      </Button>
      <Button
        size="small"
        aria-label={`Delete ${name}`}
        onPress={() => void store.deleteTemplate(name).catch(() => undefined)}
      >
        Delete
      </Button>
    </li>
  )
}

/** Saves the current form under a name. */
function Keep({ store }: { store: ProduceStore }) {
  const topic = useStore(store, topicOf)
  const [name, setName] = useState('')
  const replaces = useStore(store, ({ templates }) => templates.value?.some((one) => one.name === name.trim()) === true)
  const keep = () => {
    if (name.trim() === '') return
    store.saveTemplate(name).then(
      () => {
        setName('')
        toast(`“${name.trim()}” is kept for ${topic}.`)
      },
      () => undefined,
    )
  }
  return (
    <div className={s.keep}>
      <TextField
        label="Save the form as"
        value={name}
        placeholder="an order of a new customer"
        note={replaces ? 'A template of this name is replaced.' : undefined}
        onChange={setName}
        onEnter={keep}
      />
      <Button onPress={keep} isDisabled={name.trim() === ''}>
        {replaces ? 'Replace' : 'Keep'}
      </Button>
    </div>
  )
}

/** All templates of the profile as a file that a team shares. */
function TeamFile({ store }: { store: ProduceStore }) {
  const { files } = useServices()
  return (
    <div className={s.keep}>
      <span className={s.dim}>All templates of the profile, for a team:</span>
      <Button size="small" onPress={() => void store.exportTemplates(files)}>
        Export…
      </Button>
      <Button size="small" onPress={() => void store.importTemplates(files)}>
        Import…
      </Button>
    </div>
  )
}
