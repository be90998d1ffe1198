import { SeeklineError } from '#shared/errors.ts'
import type { ProduceTemplate } from '#shared/model/produce.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { Files } from '../../api/files.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { saveFile } from '../../workbench/save-file.ts'
import { templateOf, templateProblem, type ProduceForm } from './produce-form.ts'

export interface TemplateActions {
  loadTemplates: () => Promise<void>
  saveTemplate: (name: string, replaces?: string) => Promise<void>
  deleteTemplate: (name: string) => Promise<void>
  /** Saves all templates of the profile to a file for a team; errors are shown where they happen. */
  exportTemplates: (files: Files) => Promise<void>
  importTemplates: (files: Files) => Promise<void>
}

interface TemplatesState {
  readonly form: ProduceForm
  readonly templates: Fetched<readonly ProduceTemplate[]>
}

/**
 * The templates for the form's topic, which are stored with its profile: listed, saved, deleted, shared with a team and
 * imported.
 */
export function createProduceTemplates(
  api: StoreApiPort,
  getState: () => TemplatesState,
  set: (templates: TemplatesState['templates']) => void,
): TemplateActions {
  let listing = 0
  const templates = async (ask: () => Promise<{ items: ProduceTemplate[] }>): Promise<void> => {
    const mine = (listing += 1)
    set(loading(getState().templates))
    try {
      const { items } = await ask()
      const topic = getState().form.topic.trim()
      // An answer for another topic, or from before the last change, is ignored.
      if (mine === listing) set(ready(items.filter((one) => one.topic === topic)))
    } catch (error) {
      if (mine === listing) set(failed(getState().templates, error))
      throw error
    }
  }
  /** Where templates are stored: with the profile, by topic. */
  const shelf = () => {
    const { connectionId, topic } = getState().form
    return connectionId === undefined || topic.trim() === '' ? undefined : { connectionId, topic: topic.trim() }
  }

  return {
    loadTemplates: async () => {
      const at = shelf()
      if (at === undefined) {
        listing += 1
        return set(idle)
      }
      await templates(() => api.call('produce.templates.list', at)).catch(() => undefined)
    },
    saveTemplate: async (name, replaces) => {
      const at = shelf()
      if (at === undefined) return
      const { connectionId } = at
      const old = getState().templates.value?.find((one) => one.name === replaces)
      const { form } = getState()
      const problem = old === undefined ? templateProblem(form) : undefined
      const template = old === undefined ? templateOf(form, name) : { ...old, name: name.trim() }
      await templates(async () => {
        if (problem !== undefined) throw new SeeklineError('call.invalid', problem)
        const saved = await api.call('produce.templates.save', { connectionId, template })
        return old === undefined || old.name === template.name
          ? saved
          : await api.call('produce.templates.delete', { ...at, name: old.name })
      })
    },
    deleteTemplate: async (name) => {
      const at = shelf()
      if (at !== undefined) await templates(() => api.call('produce.templates.delete', { ...at, name }))
    },
    exportTemplates: async (files) => {
      const { connectionId } = getState().form
      if (connectionId === undefined) return
      try {
        const { name, text } = await api.call('produce.templates.export', { connectionId })
        saveFile(files, { name, content: text, type: 'application/json' }, (saved) => `Saved ${saved}.`)
      } catch (error) {
        toastFailure(error)
      }
    },
    importTemplates: async (files) => {
      const { connectionId } = getState().form
      if (connectionId === undefined) return
      try {
        const file = await files.open('Templates of a team', ['json'])
        if (file === null) return
        const { added, replaced } = await api.call('produce.templates.import', { connectionId, text: file.text })
        toast(`${added} templates came, ${replaced} were replaced.`)
        const at = shelf()
        if (at !== undefined) await templates(() => api.call('produce.templates.list', at))
      } catch (error) {
        toastFailure(error)
      }
    },
  }
}
