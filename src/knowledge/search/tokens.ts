/**
 * About how many tokens a text takes in a model's context: four letters of the Latin alphabet to one, other characters one and a half.
 * An estimate on the safe side for the models of 2026; exact counts differ by model and are not worth a tokenizer here.
 */
export function estimateTokens(text: string): number {
  let other = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x24f) other++;
  return Math.ceil((text.length - other) / 4 + other / 1.5);
}
