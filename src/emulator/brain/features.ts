import { type EvidenceLine, isColumnRow, type Passage } from "./evidence.ts";
import { fitOf } from "./fitting.ts";
import { isListItem, listSign } from "./forms.ts";
import { coverage, covers, isYear, type ReadPassage, readPassage, type Term, termsOf } from "./match.ts";
import type { Part } from "./question.ts";
import { isHeading, type Section } from "./sections.ts";
import { isAnaphoric, isAside, isOpener, isReply, labelOf, narrowing } from "./sentence.ts";
import { contentStems, isCommon, isFunctionWord, stem, words } from "./words.ts";

/** What can be said of a line as an answer, each from 0 to 1. */
export interface Features {
  /** Share of the question's weight in the line itself. */
  readonly own: number;
  /** ... in the line, its neighbours, its headings and its path. */
  readonly near: number;
  /** ... in the line, the headings it stands under and its path. */
  readonly here: number;
  /** ... in the whole passage. */
  readonly whole: number;
  /** How far the line's own heading and label narrow the subject by words that are not asked for. */
  readonly narrow: number;
  /** How much the heading above the line is about the question and nothing else. */
  readonly headed: number;
  /** ... the line's own label: the first cell of a row, the bold words of an item. */
  readonly labelled: number;
  /** Share of the question's weight in the words the line begins with: what it is about. */
  readonly subject: number;
  /** 1 for the head of a table, which stands for the whole of it. */
  readonly isTable: number;
  /** 1 where a single word is asked for that neither headings nor the beginning of the line bear: it is only mentioned. */
  readonly mentioned: number;
  /** How far the line only speaks of a case that is not asked for. */
  readonly aside: number;
  /** 1 for a sentence that points back to the one before it. */
  readonly anaphoric: number;
  /** How much the last heading of the passage's title is about the question and nothing else. */
  readonly heading: number;
  /** Share of the question's weight in all headings and the path. */
  readonly trail: number;
  /** How much of the question's key words the passage lacks; a synonym makes up for most of one. */
  readonly lacking: number;
  /** Share of neighbouring words of the question that stand together here, too. */
  readonly phrase: number;
  /** How well the line holds what the question expects: a number, a date, a person. */
  readonly suits: number;
  /** The search tool's own order: 1, 1/2, 1/3, ... */
  readonly rank: number;
  /** 1 for the first line under the headings. */
  readonly lead: number;
  readonly isHeading: number;
  readonly isQuestion: number;
  readonly isShort: number;
  /** As far as the headings are about the question: 1 for the first line under them that holds what is expected. */
  readonly firstFit: number;
  /** 1 for a line that only says where to read on. */
  readonly isPointer: number;
  /** 1 where neither headings nor path nor the line's own label speak of what is asked: the passage may only mention it. */
  readonly bare: number;
  /** 1 where a subject is asked for as a whole and the last heading names it and little else. */
  readonly titled: number;
  /** 1 for a row that is labelled by the name asked for, where nothing else but common words is asked, and that holds what is expected. */
  readonly named: number;
  /** 1 where a year is asked for that the passage does not name, while it names others. */
  readonly otherYear: number;
  /** 1 where a heading makes another thing of a word of the question: "Company cards", where company cars are asked for. */
  readonly otherThing: number;
  /** 1 for a source that is no longer in force. */
  readonly outdated: number;
}

export interface Candidate {
  readonly line: EvidenceLine;
  readonly features: Features;
}

/** Harmonic mean of "the heading names what is asked" and "all of the heading is asked". */
function headingFit(terms: readonly Term[], leaf: ReadonlySet<string>): number {
  if (leaf.size === 0) return 0;
  let named = 0;
  for (const stem of leaf) if (terms.some((term) => term.forms.has(stem))) named++;
  const asked = coverage(terms, leaf);
  const precise = named / leaf.size;
  return asked + precise === 0 ? 0 : (2 * asked * precise) / (asked + precise);
}

function lackingKeys(terms: readonly Term[], stems: ReadonlySet<string>): number {
  const missing = covers(terms, stems).flatMap((quality, index) => (terms[index]!.key ? [1 - quality] : []));
  return missing.length === 0 ? 0 : missing.reduce((sum, each) => sum + each, 0) / missing.length;
}

function isOfOtherYear(terms: readonly Term[], stems: ReadonlySet<string>): boolean {
  const years = terms.filter(({ stem }) => isYear(stem));
  return years.some(({ stem }) => !stems.has(stem)) && [...stems].some(isYear);
}

/** A common word of the question and the key word right behind it: "company car". */
function compounds(part: Part, terms: readonly Term[]): (readonly [string, Term])[] {
  const sequence = words(part.text).map(stem);
  return sequence.flatMap((word, at): (readonly [string, Term])[] => {
    const key = terms.find((term) => term.key && term.stem === sequence[at + 1]);
    return key !== undefined && isCommon(word) ? [[word, key]] : [];
  });
}

/**
 * True where a heading shares with the question only the first half of a compound and makes another thing of it, and no line names the
 * whole: "Company cards" says nothing of company cars.
 */
function isOfOtherThing(part: Part, terms: readonly Term[], { passage, trail, path, sequences }: ReadPassage): boolean {
  const headings = passage.title
    .split(" > ")
    .slice(1)
    .map((heading) => words(heading).map(stem));
  return compounds(part, terms).some(([modifier, { forms }]) => {
    if ([...forms.keys()].some((form) => trail.has(form) || path.has(form))) return false;
    const follows = (sequence: readonly string[], wanted: (next: string) => boolean): boolean =>
      sequence.some((word, at) => word === modifier && at + 1 < sequence.length && wanted(sequence[at + 1]!));
    return (
      // "When you need it" makes nothing of the need for something.
      headings.some((heading) => follows(heading, (next) => !isFunctionWord(next))) &&
      !sequences.some((line) => follows(line, (next) => forms.has(next)))
    );
  });
}

/** Headings that ask something else than what a thing is: "Are purchases rated?" */
const asksOther = /^(?!\W*(?:what|was|qu)).*\?\s*$/is;

/** True where the headings name a thing: what stands first under them says what it is. */
function explains(section: Section, keys: readonly Term[], headings: ReadonlySet<string>): boolean {
  return coverage(keys, headings) >= 0.9 && !asksOther.test(section.title);
}

/** True where a label is made of the key words of the question, all of them and no others, and each is a name. */
function namesOnly(label: ReadonlySet<string>, keys: readonly Term[]): boolean {
  return label.size > 0 && label.size === keys.length && keys.every(({ name, stem }) => name && label.has(stem));
}

/** Pairs of neighbouring question words that stand at most two words apart in the line. */
function phraseFit(terms: readonly Term[], sequence: readonly string[]): number {
  if (terms.length < 2) return 0;
  let together = 0;
  for (let i = 0; i + 1 < terms.length; i++) {
    const first = terms[i]!;
    const second = terms[i + 1]!;
    if (
      sequence.some((stem, at) => first.forms.has(stem) && sequence.slice(at + 1, at + 4).some((next) => second.forms.has(next)))
    )
      together++;
  }
  return together / (terms.length - 1);
}

function union(...sets: readonly (ReadonlySet<string> | undefined)[]): Set<string> {
  const out = new Set<string>();
  for (const set of sets) for (const stem of set ?? []) out.add(stem);
  return out;
}

/**
 * How far a search's order speaks for this part: fully where it was asked for just this, less where it was asked for another part, and
 * less again for a second search, which looked for anything near. `newlyFound`: it brings a key word that the first search lacks.
 */
function trust(part: Part, { asked, round }: Passage, newlyFound: boolean): number {
  const all = [...part.stems, ...part.context];
  if (asked.size === 0 || all.length === 0 || newlyFound) return 1;
  const share = all.filter((stem) => asked.has(stem)).length / all.length;
  return (0.4 + 0.6 * share) * (round === 0 ? 1 : 0.6);
}

/** Key words that stand in no passage of the first search. */
function missedFirst(terms: readonly Term[], passages: readonly ReadPassage[]): Term[] {
  const first = passages.filter(({ passage }) => passage.round === 0);
  return terms.filter(({ key, stem }) => key && !first.some(({ all }) => all.has(stem)));
}

const subjectWords = 4;
/** Headings over instructions. */
const tells = /^\W*(?:how (?:to|do|can)|what to do|what (?:do|should) (?:i|you|we) do|steps|instructions|procedure)\b/i;
const pointer = /^\W*(?:see|read|refer to|for (?:more|details|further))\b/i;
const link = /!?\[[^\]]*\]\([^)]*\)|https?:\/\/\S+/g;

/** True where a subject is asked for, not a figure, a person or a yes. */
export const isGeneral = ({ expects }: Part): boolean => ["overview", "open", "definition"].includes(expects);

interface Setting {
  readonly part: Part;
  readonly terms: readonly Term[];
  readonly missed: readonly Term[];
}

function passageCandidates({ part, terms, missed }: Setting, read: ReadPassage): Candidate[] {
  const { passage } = read;
  const heading = headingFit(terms, read.leaf);
  const lacking = lackingKeys(terms, read.all);
  const whole = lacking <= 0.05;
  const shared = {
    whole: coverage(terms, read.all),
    heading,
    trail: coverage(terms, union(read.trail, read.path)),
    lacking,
    rank: trust(part, passage, whole && missed.some(({ stem }) => read.all.has(stem))) / (1 + passage.rank),
    titled: isGeneral(part) && heading >= 0.8 ? 1 : 0,
    otherYear: isOfOtherYear(terms, read.all) ? 1 : 0,
    otherThing: isOfOtherThing(part, terms, read) ? 1 : 0,
  };
  // A passage with every key word and a name among them is about that name, whatever its headings say.
  const headed = (shared.trail >= 0.2 || shared.heading > 0) && shared.otherThing === 0;
  const about = headed || (whole && terms.some(({ name }) => name));
  const keys = terms.filter(({ key }) => key);
  const single = keys.length < 2;
  const labels = passage.lines.map((line) => new Set(contentStems(labelOf(line))));
  const fit = passage.lines.map((line) => fitOf(part, line));
  // The head of a table holds what its rows hold.
  for (const [index, { columns }] of passage.lines.entries())
    if (columns !== undefined) fit[columns.position] = Math.max(fit[columns.position]!, fit[index]!);
  const aside = passage.lines.map((line, index) =>
    isReply(line) && part.expects !== "yes_no" ? 1 : isAside(line, passage.lines[index - 1], terms),
  );
  const firstFits = new Map<Section, number>();
  for (const [index, line] of passage.lines.entries()) {
    const section = read.sections[index]!;
    if (!firstFits.has(section) && !isHeading(line) && line.columns === undefined && fit[index] === 1 && aside[index]! < 0.5)
      firstFits.set(section, index);
  }
  return passage.lines.map((line, index): Candidate => {
    const label = labels[index]!;
    const labelled = headingFit(terms, label);
    const isBare = about || labelled >= 0.5 ? 0 : 1;
    const subject = coverage(terms, new Set(read.sequences[index]!.slice(0, subjectWords)));
    const section = read.sections[index]!;
    // A row of a table means what it says under the names of its columns, what follows "Spilled something?" under that question.
    const under = line.columns?.position ?? (isOpener(passage.lines[index - 1]) ? index - 1 : undefined);
    const own = under === undefined ? read.lines[index]! : union(read.lines[index], read.lines[under]);
    const below = passage.lines[index + 1];
    const next = below === undefined || isHeading(below) ? undefined : read.lines[index + 1];
    const telling = part.expects === "steps" && tells.test(section.title);
    const outer = union(section.trail, read.path);
    const context = coverage(terms, outer);
    return {
      line,
      features: {
        ...shared,
        own: coverage(terms, own),
        near: coverage(terms, union(own, read.lines[index - 1], next, outer)),
        here: coverage(terms, union(own, outer)),
        headed: headingFit(terms, section.leaf),
        labelled,
        subject,
        mentioned: isBare === 1 && subject < 0.3 && single ? 1 : 0,
        isTable: isColumnRow(line) ? 1 : 0,
        narrow: Math.max(section.isTop || telling ? 0 : narrowing(section.leaf, terms), narrowing(label, terms)),
        aside: aside[index]!,
        anaphoric: isAnaphoric(line) ? 1 : 0,
        phrase: phraseFit(terms, read.sequences[index]!),
        suits: part.expects === "definition" && index === section.lead && explains(section, keys, outer) ? 1 : fit[index]!,
        lead: index === section.lead ? 1 : 0,
        isHeading: isHeading(line) && !(below !== undefined && isListItem(below)) ? 1 : 0,
        isQuestion: /\?[*_)\]"]*$/.test(line.text.trim()) ? 1 : 0,
        isShort: line.text.length < 30 ? 1 : 0,
        named: line.columns !== undefined && fit[index]! > 0 && namesOnly(label, keys) ? 1 : 0,
        firstFit: index === firstFits.get(section) ? context : 0,
        isPointer: pointer.test(line.text) || !/\w/.test(line.text.replace(link, "").replace(listSign, "")) ? 1 : 0,
        bare: isBare,
        outdated: read.outdated ? 1 : 0,
      },
    };
  });
}

/** Every line of the evidence with its features for one part of the question. */
export function candidates(part: Part, passages: readonly Passage[]): Candidate[] {
  const read = passages.map(readPassage);
  const terms = termsOf(part, read);
  const setting = { part, terms, missed: missedFirst(terms, read) };
  return terms.length === 0 ? [] : read.flatMap((each) => passageCandidates(setting, each));
}
