import { ProduceTemplates, type ProduceTemplate } from '#shared/model/produce.ts'
import { createProfileList, type ProfileList } from './profile-list.ts'

export type ProduceTemplatesStore = ProfileList<ProduceTemplate>

export const templatesVersion = 1

export const createProduceTemplatesStore = (folder: string): ProduceTemplatesStore =>
  createProfileList(folder, {
    area: 'produce',
    kind: 'seekline.templates',
    version: templatesVersion,
    schema: ProduceTemplates,
    tooLarge: {
      message: 'The templates of this profile are too large together',
      hint: 'Delete those that nobody uses, or send large values from a file.',
    },
  })
