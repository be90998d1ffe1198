import type { FullRecord } from '#shared/contract/messages.ts'
import { SeeklineError } from '#shared/errors.ts'
import { copiedText, isText, type Form } from '#shared/model/decoded.ts'
import { fileNameOf, saveFile } from '../../workbench/save-file.ts'
import type { Files } from '../../api/files.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { copyLater } from '../../ui/copy-button.tsx'
import { formatBytes } from '../../ui/format.ts'
import { toast, toastFailure } from '../../ui/toast.tsx'
import { headersText, jsonText } from './copy-forms.ts'
import {
  COPY_LIMIT,
  SAVE_LIMIT,
  tooLargeToHold,
  wholeHeaders,
  wholePart,
  wholeRecord,
  type Part,
  type RecordAt,
} from './whole-record.ts'

export interface RecordActions {
  copy: (at: RecordAt, part: Part) => Promise<void>
  copyHeaders: (at: RecordAt) => Promise<void>
  copyJson: (at: RecordAt) => Promise<void>
  save: (at: RecordAt, part: Part) => Promise<void>
}

/** Copies and saves one record: completely, or refused with the size and a way to save it. */
// oxlint-disable-next-line max-lines-per-function -- copying and saving each part of a record: all read the part whole in one way, or say that it is too large
export function createRecordActions(api: Pick<StoreApiPort, 'call'>, files: Files): RecordActions {
  /** Reports the outcome; for what is too large to copy it offers saving a file. */
  const copied = async (
    at: RecordAt,
    make: () => Promise<{ text: string; said: string }>,
    part: Part = 'value',
  ): Promise<void> => {
    try {
      let said = ''
      await copyLater(
        make().then((made) => {
          said = made.said
          return made.text
        }),
      )
      toast(said)
    } catch (error) {
      const action = { label: `Save ${part}…`, onAction: () => void save(at, part) }
      if (error instanceof SeeklineError && error.hint !== undefined)
        toast({ text: error.message, tone: 'warn', action })
      else toastFailure(error)
    }
  }

  const save = async (at: RecordAt, part: Part): Promise<void> => {
    try {
      const { bytes, form } = await wholeOf(at, part, SAVE_LIMIT)
      const end = form === 'json' ? 'json' : isText(form) ? 'txt' : 'bin'
      const name = fileNameOf(at.topic, `${at.partition}-${at.offset}-${part}.${end}`)
      saveFile(files, { name, content: bytes, type: 'application/octet-stream' }, (saved) => `Saved ${formatBytes(bytes.length)} as ${saved}.`) // oxfmt-ignore
    } catch (error) {
      toastFailure(error)
    }
  }

  const wholeOf = async (
    at: RecordAt,
    part: Part,
    limit: number,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; form: Form }> => {
    const record = await recordAt(at)
    const { [part]: known, [part === 'key' ? 'keyAs' : 'valueAs']: as } = record
    const size = part === 'key' ? record.keySize : record.valueSize
    if (known === null || as === null) throw new SeeklineError('records.hole', `The ${part} is null.`)
    if (size > limit) throw tooLargeToHold(`The ${part} is`, size)
    // A file and a copy hold the stored value, so that it can be written again.
    const form = as.written === null ? as.form : 'bytes'
    return { bytes: await wholePart(api, at, part, known, size), form }
  }

  const recordAt = async (at: RecordAt): Promise<FullRecord> => {
    const record = await api.call('messages.record', { ...at })
    if (record.kind === 'record') return record
    throw new SeeklineError('records.hole', `There is no record at ${at.topic} / ${at.partition} / ${at.offset}.`)
  }

  return {
    save,
    copy: (at, part) =>
      copied(
        at,
        async () => {
          const { bytes, form } = await wholeOf(at, part, COPY_LIMIT)
          const text = copiedText(form, bytes)
          const size = formatBytes(bytes.length)
          return typeof text === 'string'
            ? { text, said: `Copied the ${part}: ${size}.` }
            : { text: text.base64, said: `Copied the ${part} as base64, because it is not UTF-8: ${size}.` }
        },
        part,
      ),
    copyHeaders: (at) =>
      copied(at, async () => {
        const headers = await wholeHeaders(api, at, await recordAt(at))
        return {
          text: headersText(headers),
          said: `Copied ${headers.length} ${headers.length === 1 ? 'header' : 'headers'}.`,
        }
      }),
    copyJson: (at) =>
      copied(at, async () => ({
        text: jsonText(await wholeRecord(api, at)),
        said: 'Copied the whole record as JSON.',
      })),
  }
}
