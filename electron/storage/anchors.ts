import { Anchors, type Anchor } from '#shared/model/anchor.ts'
import { createProfileList, type ProfileList } from './profile-list.ts'

export type AnchorsStore = ProfileList<Anchor>

export const createAnchorsStore = (folder: string): AnchorsStore =>
  createProfileList(folder, {
    area: 'anchors',
    kind: 'seekline.anchors',
    version: 1,
    schema: Anchors,
    tooLarge: { message: 'The anchors of this profile are too large together', hint: 'Delete those that nobody uses.' },
  })
