/**
 * The bits of a v2 batch's attributes: the codec, the kind of timestamps, and whether it is transactional or a control batch.
 */
export const CODEC_MASK = 0x07
export const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
export const CONTROL = 0x20
/** KIP-534: the base timestamp holds the delete horizon. */
export const DELETE_HORIZON = 0x40
