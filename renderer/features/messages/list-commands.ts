import { commandOn, subject } from '../../workbench/command.ts'

/** How the list in front is turned. */
export const messageOrder = subject<() => void>('order of messages')

export const listCommands = [
  commandOn(messageOrder, {
    id: 'messages.order',
    title: 'Newest messages first, or last',
    words: 'sort order reverse latest descending',
    menu: 'view',
    run: (turn) => turn(),
  }),
]
