import type { ReactNode } from 'react'
import type { ProfileEntry } from '#shared/contract/connections.ts'
import type { SecretName } from '#shared/model/secret-names.ts'
import type { DraftErrors, ProfileDraft } from './profile-draft.ts'

export interface ProfileFormProps {
  draft: ProfileDraft
  saved: ProfileEntry | undefined
  /** Errors about empty fields are shown only after the first attempt to save or test. */
  errors: DraftErrors
  secretsSentence: string | undefined
  onChange: (draft: ProfileDraft) => void
}

export interface SectionProps extends ProfileFormProps {
  change: (change: Partial<ProfileDraft>) => void
  secret: (name: SecretName) => ReactNode
}
