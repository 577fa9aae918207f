// @ts-check
// A number with its noun, as the language counts: Arabic has six forms where English has two.

/** @typedef {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} PluralForms `#` stands for the number */

/**
 * The same language and region with the digits 0 to 9 and the Gregorian calendar. Engines differ in what a region has:
 * one page would show two kinds of digits, since numbers within words are of this kind.
 * @param {string} tag BCP 47 @returns {string} BCP 47
 */
export const pinned = (tag) =>
  new Intl.Locale(tag, { numberingSystem: 'latn', calendar: 'gregory' }).toString();

/**
 * @param {string} language BCP 47
 * @param {number} n
 * @param {PluralForms} forms by the CLDR category that Intl.PluralRules says; `other` where one is missing
 */
export function plural(language, n, forms) {
  const form = forms[new Intl.PluralRules(language).select(n)] ?? forms.other;
  return form.replace('#', new Intl.NumberFormat(pinned(language)).format(n));
}
