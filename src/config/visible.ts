/** Whatever a terminal would act on or not show: controls, format and bidi characters, odd spaces, private use, tags, variation selectors. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** A foreign text with every control or invisible character written out as `\u{...}`. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
