/**
 * Words that say nothing about what a text is about, by language. Question words are listed apart: they tell titles apart
 * ("Who approves..." from "How do I..."), so titles keep them. Source of that rule: measured, docs/decisions/0004-retrieval.md.
 */
const english =
  "a about above after again all also am an and any are aren't as at be because been before being below both but by can't could couldn't did didn't doesn't don't down during each else ever few for from further get gets getting go goes going got had hadn't has hasn't have haven't having he her here hers him his i i'd i'll i'm i've if in into is isn't it it'd it'll it's its just let like may me might more most my need needs no nor not now of off on once one only onto or other our out over own please same she should so some such than that that's the their them then there there's these they they're this those through to too under until up upon us very want was wasn't we we'd we'll we're we've were weren't will with won't would wouldn't yes you you'd you'll you're you've your";
const englishQuestions = "can do does how may must what what's when where which who who's whom whose why";

const fold = (list: string): ReadonlySet<string> => new Set(list.replaceAll("'", "").split(" "));

export const stopWords: Readonly<Record<string, ReadonlySet<string>>> = { en: fold(english) };
export const questionWords: Readonly<Record<string, ReadonlySet<string>>> = { en: fold(englishQuestions) };
