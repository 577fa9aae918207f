// @ts-check
// A number with its noun, as the language counts: Arabic has six forms where English has two.

/** @typedef {{ other: string } & Partial<Record<Intl.LDMLPluralRule, string>>} PluralForms `#` stands for the number */

/**
 * @param {string} language BCP 47
 * @param {number} n
 * @param {PluralForms} forms by the CLDR category that Intl.PluralRules says; `other` where one is missing
 */
export function plural(language, n, forms) {
  const form = forms[new Intl.PluralRules(language).select(n)] ?? forms.other;
  return form.replace('#', new Intl.NumberFormat(language).format(n));
}
