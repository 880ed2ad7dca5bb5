/** From combining marks on, characters may take none or two columns. */
const perhapsOther = /[\u0300-\u{10ffff}]/u;
const ofNoColumn = /[\p{Mn}\p{Me}\p{Cf}]/gu;
/** East Asian Wide and Fullwidth, in whole blocks, and emoji. Source: Unicode Standard Annex 11. */
const ofTwoColumns =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/gu;

/** How many columns of a terminal a text takes; an emoji made of several counts as all of them, since terminals differ. A style takes none. */
export function columnsOf(text: string): number {
  const shown = text.includes("\u001b") ? text.replace(/\u001b[^m]*m/g, "") : text;
  if (!perhapsOther.test(shown)) return shown.length;
  const [...characters] = shown.replace(ofNoColumn, "");
  return characters.length + (shown.match(ofTwoColumns)?.length ?? 0);
}
