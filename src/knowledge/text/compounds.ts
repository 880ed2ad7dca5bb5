/** Languages that write compounds as one word. */
export const compoundLanguages: ReadonlySet<string> = new Set(["de", "nb", "sv", "da", "nl", "fi", "hu"]);

/** Shortest part of a compound that is looked up. */
export const minPart = 4;
/** Letters that join the parts of compounds (Urlaub-s-anspruch, Person-en-daten). */
const joints = ["", "s", "es", "n", "en", "e", "er"];

export interface SplitOptions {
  /** The stem of a part. */
  readonly stem: (part: string) => string;
  /** True for stems the base holds. */
  readonly knows: (stem: string) => boolean;
}

/** Stems of the parts of a compound of which the base holds both, else of the one it holds; empty where it holds none. */
export function splitCompound(word: string, { stem, knows }: SplitOptions): string[] {
  let single: string | undefined;
  for (let at = word.length - minPart; at >= minPart; at--) {
    const right = stem(word.slice(at));
    const left = joints
      .filter((joint) => word.slice(0, at).endsWith(joint) && at - joint.length >= minPart)
      .map((joint) => stem(word.slice(0, at - joint.length)))
      .find(knows);
    if (left !== undefined && knows(right)) return [left, right];
    if (single === undefined || (left?.length ?? 0) > single.length) single = left ?? single;
    if (knows(right) && right.length > (single?.length ?? minPart)) single = right;
  }
  return single === undefined ? [] : [single];
}
