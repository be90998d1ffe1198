import { z } from 'zod'
import { MenuCommand, ShellCommandId } from '../commands.ts'
import { ErrorValue } from '../errors.ts'
import { longestLink } from '../links.ts'
import { Empty } from './common.ts'
import { route, stream } from './define.ts'

/** A message of the desktop shell to one of its windows. */
export const ShellEvent = z.discriminatedUnion('kind', [
  /** Chosen in the native menu. */
  z.strictObject({ kind: z.literal('command'), id: MenuCommand.shape.id }),
  /** A link that the system handed over, not yet parsed: the page parses it, like a pasted one. */
  z.strictObject({ kind: z.literal('link'), url: z.string().max(longestLink + 1) }),
  /** A file that the system asked to open. */
  z.strictObject({ kind: z.literal('file'), name: z.string(), text: z.string() }),
  /** The window, or the whole app, is about to close while work is running; answered by `shell.answerClosing`. */
  z.strictObject({ kind: z.literal('closing'), isQuit: z.boolean(), work: z.array(z.string()) }),
  /** An unexpected error in the main process. */
  z.strictObject({ kind: z.literal('fault'), error: ErrorValue }),
  /** A sentence to show once: this page was loaded again after a crash, a file could not be opened. */
  z.strictObject({ kind: z.literal('notice'), sentence: z.string() }),
])
export type ShellEvent = z.infer<typeof ShellEvent>

export const ClosingAnswer = z.enum(['stay', 'cancel-work', 'when-done'])
export type ClosingAnswer = z.infer<typeof ClosingAnswer>

/** A whole text or file, small enough for one call. */
const FileContent = z.union([z.string(), z.instanceof(Uint8Array)])

/** The desktop shell as its pages see it. Without a window every route but the stream refuses with `shell.absent`. */
export const shell = {
  'shell.events': stream({
    input: Empty,
    batch: z.array(ShellEvent),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
  /** The first view is on screen: start-up time is measured up to this call. */
  'shell.usable': route({ input: Empty, output: Empty, effect: 'local' }),
  'shell.run': route({ input: z.strictObject({ command: ShellCommandId }), output: Empty, effect: 'local' }),
  /** All commands of the page, for the menu, in menu order. */
  'shell.setCommands': route({
    input: z.strictObject({ commands: z.array(MenuCommand).max(300) }),
    output: Empty,
    effect: 'local',
  }),
  'shell.answerClosing': route({ input: z.strictObject({ answer: ClosingAnswer }), output: Empty, effect: 'local' }),
  /** Asks where to save, and saves there; the page is told the file's name, not its folder. */
  'shell.saveFile': route({
    input: z.strictObject({ name: z.string().min(1).max(200), content: FileContent }),
    output: z.strictObject({ saved: z.string().nullable() }),
    effect: 'local',
  }),
  /** Asks for a text file and reads it; small files only, unless the input says otherwise; null if none was chosen. */
  'shell.openFile': route({
    input: z.strictObject({
      title: z.string().max(200),
      extensions: z.array(z.string().regex(/^[a-z0-9]+$/)).max(20),
      mostBytes: z.number().int().min(1).max(67_108_864).optional(),
    }),
    output: z.strictObject({ file: z.strictObject({ name: z.string(), text: z.string() }).nullable() }),
    effect: 'local',
  }),
  /** Shown only while the window is in the background. */
  'shell.notify': route({
    input: z.strictObject({ title: z.string().max(200), body: z.string().max(500) }),
    output: z.strictObject({ shown: z.boolean() }),
    effect: 'local',
  }),
  /** The progress of work in this window, for the dock or taskbar; `fraction` null: unknown. */
  'shell.showProgress': route({
    input: z.strictObject({
      running: z.number().int().min(0).max(1_000),
      fraction: z.number().min(0).max(1).nullable(),
    }),
    output: Empty,
    effect: 'local',
  }),
}
