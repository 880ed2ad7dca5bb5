/** How many lines are looked at: such notices stand at the top. */
const headLines = 15;

const notice =
  /\b(?:this|the following) (?:page|document|policy|guide|article|handbook page) (?:is|was|has been|will be) (?:(?:now |being )*(?:deleted|removed|deprecated|obsolete|archived|superseded|outdated|out of date|retired|replaced)|no longer (?:maintained|in use|valid|accurate|up to date))\b/i;
const heading = /^\s*(?:#+\s*|\*\*)?(?:\[?(?:deprecated|obsolete|archived|outdated|retired|superseded)\]?)\b[:\s*]/i;

/** Why a page is out of date by its own words; undefined where it does not say so. */
export function outdatedBecause(lines: readonly string[], frontMatter: ReadonlyMap<string, unknown>): string | undefined {
  const flag = ["outdated", "deprecated", "archived", "obsolete", "draft"].find((key) => frontMatter.get(key) === "true");
  if (flag !== undefined) return `marked as ${flag}`;
  const found = lines.slice(0, headLines).find((line) => notice.test(line) || heading.test(line));
  if (found === undefined) return undefined;
  return `says of itself: ${(notice.exec(found)?.[0] ?? found)
    .replace(/[#*[\]]/g, "")
    .trim()
    .slice(0, 80)}`;
}
