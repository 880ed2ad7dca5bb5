/** A text cut into pieces about as long as a model's tokens; joined they give the text again. */
export function pieces(text: string): string[] {
  return text.match(/\s?[\p{L}\p{M}]{1,8}|\s?\p{N}{1,3}|\s?[^\s\p{L}\p{M}\p{N}]|\s/gu) ?? [];
}

/** About how many tokens a text has: four characters each, as Azure's own estimate on arrival counts. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
