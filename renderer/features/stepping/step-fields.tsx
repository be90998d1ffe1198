import { useTopicNames } from '../../shared-views/target/use-topic-names.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { ComboField } from '../../ui/combo-field.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import type { StepForm } from './stepping-store.ts'

interface StepFieldsProps {
  form: StepForm
  connectionId: ConnectionId
  /** The group is still to be named. */
  isNew: boolean
  isDisabled: boolean
  onChange: (form: StepForm) => void
  /** A complete value was typed. */
  onCommit: (form: StepForm) => void
}

/** The consumer's settings, under Kafka's own names where they have one. */
export function StepFields({ form, connectionId, isNew, isDisabled, onChange, onCommit }: StepFieldsProps) {
  const topicNames = useTopicNames(connectionId)
  const choose = (part: Partial<StepForm>) => onCommit({ ...form, ...part })
  return (
    <>
      {isNew && (
        <TextField
          label="group"
          layout="inline"
          value={form.group}
          isDisabled={isDisabled}
          onChange={(group) => onChange({ ...form, group })}
          onBlur={() => onCommit(form)}
          onEnter={() => onCommit(form)}
        />
      )}
      <ComboField
        label="topics"
        layout="inline"
        value={form.topics}
        options={topicNames}
        placeholder="one, or several with commas between"
        isDisabled={isDisabled}
        onChange={(topics) => onChange({ ...form, topics })}
        onCommit={(topics) => choose({ topics })}
      />
      <Select
        label="protocol"
        layout="inline"
        isDisabled={isDisabled}
        value={form.protocol}
        onChange={(protocol) => choose({ protocol })}
        options={[
          { id: 'classic', label: 'classic' },
          { id: 'consumer', label: 'consumer (KIP-848)' },
        ]}
      />
      <Select
        label="auto.offset.reset"
        layout="inline"
        isDisabled={isDisabled}
        value={form.reset}
        onChange={(reset) => choose({ reset })}
        options={[
          { id: 'earliest', label: 'earliest' },
          { id: 'latest', label: 'latest' },
          { id: 'none', label: 'none' },
        ]}
      />
      <Select
        label="isolation.level"
        layout="inline"
        isDisabled={isDisabled}
        value={form.isolation}
        onChange={(isolation) => choose({ isolation })}
        options={[
          { id: 'read_uncommitted', label: 'read_uncommitted' },
          { id: 'read_committed', label: 'read_committed' },
        ]}
      />
      <Select
        label="commit"
        layout="inline"
        isDisabled={isDisabled}
        value={form.commit}
        onChange={(commit) => choose({ commit })}
        options={[
          { id: 'by-hand', label: 'by hand' },
          { id: 'automatic', label: 'automatically, with the next take' },
        ]}
      />
    </>
  )
}
