import type { ServiceOf } from '#shared/contract/define.ts'
import type { produce } from '#shared/contract/produce.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { templateKey, type ProduceTemplates } from '#shared/model/produce.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { ProduceTemplatesStore } from '../../storage/produce-templates.ts'
import { mergedTemplates, readTemplateFile, templateFile } from './template-file.ts'

type TemplateRoutes = Pick<ServiceOf<typeof produce>, Extract<keyof typeof produce, `produce.templates.${string}`>>

export interface TemplatesDependencies {
  /** Throws `connect.closed`. */
  profileOf(connectionId: ConnectionId): Profile
  store: ProduceTemplatesStore
}

/** The templates of a profile. */
export function createTemplatesService({ profileOf, store }: TemplatesDependencies): TemplateRoutes {
  const listed = (items: ProduceTemplates, topic?: string) => ({
    items: items.filter((one) => topic === undefined || one.topic === topic),
  })
  return {
    'produce.templates.list': async ({ connectionId, topic }) =>
      listed(await store.get(profileOf(connectionId).id), topic),

    'produce.templates.save': async ({ connectionId, template }) =>
      listed(await store.update(profileOf(connectionId).id, (all) => mergedTemplates(all, [template])), template.topic),

    'produce.templates.delete': async ({ connectionId, topic, name }) => {
      const key = templateKey({ topic, name })
      const left = await store.update(profileOf(connectionId).id, (all) =>
        all.filter((one) => templateKey(one) !== key),
      )
      return listed(left, topic)
    },

    'produce.templates.export': async ({ connectionId }) => {
      const { id, name } = profileOf(connectionId)
      return templateFile(name, await store.get(id))
    },

    'produce.templates.import': async ({ connectionId, text }) => {
      const given = readTemplateFile(text)
      let replaced = 0
      const items = await store.update(profileOf(connectionId).id, (before) => {
        const known = new Set(before.map(templateKey))
        replaced = given.filter((one) => known.has(templateKey(one))).length
        return mergedTemplates(before, given)
      })
      return { items, added: given.length - replaced, replaced }
    },
  }
}
