import type { PartitionOffset } from '#shared/model/positions.ts'
import type { BrowseForm, BrowseRequest } from './browse-form.ts'

/** What a page leaves for the one after it: the form, and the running Follow. */
export interface KeptFollow {
  form: BrowseForm
  running: FollowAt | undefined
}

/** A Follow, and the offset at which each partition continues. */
export interface FollowAt {
  request: BrowseRequest
  topicId: string | null
  next: readonly PartitionOffset[]
}
