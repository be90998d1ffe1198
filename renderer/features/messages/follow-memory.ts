import type { PartitionOffset } from '#shared/model/positions.ts'
import type { BrowseForm, BrowseRequest } from './browse-form.ts'

/** What a page that is left tells the one after it: the form, and the Follow that ran. */
export interface KeptFollow {
  form: BrowseForm
  running: FollowAt | undefined
}

/** A Follow, and where each partition is to go on. */
export interface FollowAt {
  request: BrowseRequest
  topicId: string | null
  next: readonly PartitionOffset[]
}
