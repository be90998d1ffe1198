import { LagLimits, type LagLimit } from '#shared/model/lag-limit.ts'
import { createProfileList, type ProfileList } from './profile-list.ts'

export type LagLimitsStore = ProfileList<LagLimit>

export const createLagLimitsStore = (folder: string): LagLimitsStore =>
  createProfileList(folder, {
    area: 'lag-limits',
    kind: 'seekline.lag-limits',
    version: 1,
    schema: LagLimits,
    tooLarge: { message: 'The limits of this profile are too large together', hint: 'Remove those that nobody needs.' },
  })
