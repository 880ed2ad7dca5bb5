import { LecternError } from "../../core/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import { type LoadedDocument, noMeta, type Section, type TextLoader } from "./document.ts";
import { groupsInJson, unreadableGroups } from "./front-matter/groups.ts";
import { titleFromPath } from "./title.ts";

/**
 * Questions and answers as JSON: a list of `{question, answer}`.
 * Tolerant as the original example is: a missing question or answer reads "Unknown question" or "Unknown answer", an entry that is
 * no object becomes "Item <i>", JSON that is no list is taken whole. In a folder, JSON that does not look like questions and answers is
 * not knowledge. Throws `config` for JSON that does not parse, and where single entries name groups: readers are restricted by file.
 */
export const qaJsonLoader: TextLoader = {
  formats: "text",
  load(text, file) {
    const parsed = parseJson(text);
    if (parsed === undefined)
      throw new LecternError("config", "is not valid JSON", { fix: "Correct the file, or leave it out." });
    if (Array.isArray(parsed) && parsed.some((item) => isJsonObject(item) && groupsOf(item) !== undefined))
      throw unreadableGroups();
    if (!file.alone && !looksLikeEntries(parsed)) return undefined;
    return Array.isArray(parsed) ? fromEntries(parsed.map(toEntry), file.path) : fromWhole(parsed, file.path);
  },
};

interface Entry {
  readonly question: string;
  readonly answer: string;
}

function looksLikeEntries(parsed: Json): boolean {
  return Array.isArray(parsed) && parsed.some((item) => isJsonObject(item) && ("question" in item || "answer" in item));
}

function toEntry(item: Json, index: number): Entry {
  if (!isJsonObject(item)) return { question: `Item ${index + 1}`, answer: plainText(item) };
  return { question: textOf(item, "question") ?? "Unknown question", answer: textOf(item, "answer") ?? "Unknown answer" };
}

const groupsOf = (item: JsonObject): Json | undefined =>
  Object.entries(item).find(([key]) => key.toLowerCase() === "groups")?.[1];

function textOf(item: JsonObject, key: string): string | undefined {
  const value = item[key];
  return value === undefined || value === null ? undefined : plainText(value);
}

const plainText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function fromEntries(entries: readonly Entry[], path: string): LoadedDocument {
  const lines: string[] = [];
  const sections = entries.map((entry, index): Section => {
    const from = lines.length;
    lines.push(`Q${index + 1}: ${entry.question.replace(/\s+/g, " ")}`);
    for (const line of entry.answer.split(/\r?\n/)) lines.push(line);
    lines.push("");
    return {
      trail: [entry.question.replace(/\s+/g, " ").trim()],
      anchor: `q${index + 1}`,
      from,
      to: lines.length,
      body: from + 1,
      kind: "entry",
    };
  });
  return { title: titleFromPath(path), meta: noMeta, lines, sections };
}

function fromWhole(value: Json, path: string): LoadedDocument {
  const lines = JSON.stringify(value, null, 2).split("\n");
  const groups = isJsonObject(value) ? groupsOf(value) : undefined;
  return {
    title: titleFromPath(path),
    meta: groups === undefined ? noMeta : { ...noMeta, groups: groupsInJson(groups) },
    lines,
    sections: [{ trail: [], anchor: "", from: 0, to: lines.length, body: 0, kind: "prose" }],
  };
}
