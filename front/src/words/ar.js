// @ts-check
// Arabic: the same catalogue as en.js, which the compiler holds it to.
import { plural } from './plural.js';

/** @type {import('./words.js').Catalogue} */
export const ar = {
  shell: {},
  timeline: {},
  composer: {},
  attention: {},
  people: {
    title: 'الأشخاص',
    here: (n) =>
      plural('ar', n, {
        zero: 'لا أحد هنا',
        one: 'شخص واحد هنا',
        two: 'شخصان هنا',
        few: '# أشخاص هنا',
        many: '# شخصًا هنا',
        other: '# شخص هنا',
      }),
    online: 'هنا الآن',
    away: 'شوهدوا مؤخرًا',
    isOnline: 'هنا',
    you: 'أنت',
    justSeen: 'آخر ظهور الآن',
    seen: (ago) => `آخر ظهور ${ago}`,
    crowd: 'عددهم أكبر من أن تُذكر أسماؤهم جميعًا.',
    direct: 'لا يقرأ هذه المحادثة سواكما.',
    writeTo: (name) => `مراسلة ${name}`,
    typingOne: (one) => [one, ' يكتب الآن…'],
    typingTwo: (one, other) => [one, ' و', other, ' يكتبان الآن…'],
    typingMany: 'عدة أشخاص يكتبون الآن…',
    newMessageFrom: (name) => `رسالة جديدة من ${name}`,
    newMessages: (n) =>
      plural('ar', n, {
        zero: 'لا رسائل جديدة',
        one: 'رسالة جديدة واحدة',
        two: 'رسالتان جديدتان',
        few: '# رسائل جديدة',
        many: '# رسالة جديدة',
        other: '# رسالة جديدة',
      }),
    nicknameTitle: 'اسمك المستعار',
    nicknameLabel: 'الاسم المستعار',
    nicknameHelp: 'يراه الجميع بجانب ما تكتبه، ويمكنك تغييره متى شئت.',
    nicknameEmpty: 'اكتب اسمًا أولًا.',
    nicknameTooLong: 'لا يزيد الاسم المستعار على 32 حرفًا.',
    nicknameUnseemly: 'في هذا الاسم حرف لا يظهر.',
    nicknameTaken: (name) => ['الاسم «', name, '» لشخص آخر.'],
    nicknameFailed: 'لم ينجح ذلك الآن. حاول مجددًا بعد قليل.',
    takeSuggestion: (name) => ['استخدام «', name, '»'],
    save: 'حفظ',
    cancel: 'إلغاء',
  },
  line: {},
  settings: {},
};
