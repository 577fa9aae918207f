// @ts-check
// All that is fetched when a dialog is first wanted: the dialogs, and their words in each language.
import { dialogsAr } from '../words/dialogs-ar.js';
import { dialogsEn } from '../words/dialogs-en.js';

export { createAskRoom } from './ask-room.js';
export { createCreateRoom } from './create-room.js';
export { createFindRoom } from './find-room.js';
export { createNicknameDialog } from './nickname-dialog.js';
export { createRoomMenu } from './room-menu.js';
export { createSettingsForm } from './settings-form.js';

/** By `Language` of words.js. */
export const WORDS = { en: dialogsEn, ar: dialogsAr };
