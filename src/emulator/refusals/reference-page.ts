import { faultKinds } from "../faults/catalogue.ts";
import { fillJson, type Refusal } from "./refusal.ts";
import { oddStreams } from "./streams.ts";
import { refusals } from "./table.ts";

const linked = (source: string): string => source.replace(/https?:\/\/[^\s,)]+/g, (url) => `<${url}>`);
const cell = (text: string): string => text.replaceAll("|", "\\|");

function row(refusal: Refusal): string {
  const { id, status, when, trigger, evidence } = refusal;
  return `| \`${id}\` | ${status} | ${cell(when)} | ${cell(trigger)} | ${evidence.kind} |`;
}

function detail(refusal: Refusal): string {
  const { id, status, headers, body, evidence, example } = refusal;
  const filled = fillJson(body, example ?? {});
  const shown = typeof filled === "string" ? filled.trimEnd() : JSON.stringify(filled, null, 2);
  const shownHeaders = Object.entries(fillJson(headers ?? {}, example ?? {}) ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    `### ${id}`,
    "",
    `Evidence: ${evidence.kind}, ${linked(evidence.source)}.`,
    "",
    "```",
    `HTTP ${status}`,
    ...shownHeaders,
    "",
    shown,
    "```",
    "",
  ].join("\n");
}

/** docs/reference/emulator-refusals.md, from the tables of refusals, odd streams and faults. */
export function refusalsPage(): string {
  const rows: readonly Refusal[] = refusals;
  return `# What the emulator refuses, and how

Generated from \`src/emulator/refusals/\`; a test holds it true. Do not edit.

Every row has its evidence: *recorded* from a real response, *documented* by Microsoft, *reported* by users (the link shows the body), or
*guessed*. Guessed rows are off unless the emulator runs with \`strict: "all"\`, except where nothing else could be answered. Any row can be
had by name, whatever the request: send the header \`x-emulate-fault: <id>\`, or write it into the configuration's \`faults\`.

| id | status | when Azure does it | when the emulator does it | evidence |
| --- | --- | --- | --- | --- |
${rows.map(row).join("\n")}

## Odd streams

| fault | what | evidence |
| --- | --- | --- |
${oddStreams.map(({ fault, what, evidence }) => `| \`${fault}\` | ${cell(what)} | ${evidence.kind}, ${linked(evidence.source)} |`).join("\n")}

## Faults

By header \`x-emulate-fault: <name>\` or \`<name>:<number>\`, or in the configuration's \`faults\` (\`first\`, \`every\`, \`at\`, or \`chance\`, drawn from the seed).

| name | the number | what |
| --- | --- | --- |
${faultKinds.map(({ name, amount, what }) => `| \`${name}\` | ${amount ?? ""} | ${cell(what)} |`).join("\n")}

## Bodies

Filled with an example where they tell of the request.

${rows.map(detail).join("\n")}`;
}
