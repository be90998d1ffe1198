import { subject } from '../../workbench/command.ts'

/** How the view in front saves its positions as a file. Apart from the menu, which comes with the first view. */
export const exportingPositions = subject<() => void>('exporting positions')
