import { commandOn, subject } from './command.ts'

/** How the view in front refreshes what it shows. */
export const refreshing = subject<() => void>('refreshing')
/** How the view in front moves the focus to its search field. */
export const finding = subject<() => void>('finding')

export const refreshView = commandOn(refreshing, {
  id: 'view.refresh',
  title: 'Refresh this view',
  words: 'reload read again',
  keys: ['F5'],
  menu: 'view',
  run: (refresh) => refresh(),
})

export const findInView = commandOn(finding, {
  id: 'view.find',
  title: 'Find in this view',
  words: 'search filter',
  keys: ['Mod+F'],
  menu: 'view',
  run: (find) => find(),
})
