// Writes docs/guide/how-it-works.md from one real `lectern ask --trace` run on the emulator. With --check it writes nothing and exits 1
// where the page differs from what it would write.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "docs/guide/how-it-works.md");
const question = "How do I request a new software licence?";
const command = ["ask", "--emulator", "--source", "data/kb.json", "--trace", "--quiet", question];

/** What each step is, in the order of the trace. */
const steps = {
  "The question begins a turn": `Everything that happens until the answer is one turn. It has an id, which every log line bears, and one deadline
(\`--timeout\`, 120 seconds). The loop is \`src/agent/loop.ts\`; all that others learn of a turn are its events
(\`src/core/events.ts\`). This trace is made of them, and so are the terminal's output, \`--stream-json\` and the logs.`,
  "The model is asked, with the tools of all servers": `Before the question, Lectern started the knowledge server as a process of its own and asked it over MCP (\`tools/list\`) what it offers.
Each tool becomes a function: server and tool name joined, the description, the JSON Schema of its arguments as \`parameters\`. Names and
schemas that Azure OpenAI would refuse are repaired (\`lectern tools --explain\` says what was changed).
The system message is the same in every turn, so that Azure can reuse the cached prefix. The last line of the question carries the date and
the turn's key: four characters that no document can know beforehand.`,
  "The model chooses a tool": `The model answers with a call instead of a text. Nothing has run yet: the arguments are JSON text as the model wrote it. Several calls in one
reply run side by side.`,
  "The host decides, and its MCP client calls the server": `Each call passes the policy (\`src/agent/policy.ts\`): tools of Lectern's own knowledge server run, a tool of another server runs when the
configuration allows it, else somebody is asked, and where nobody can be asked it does not run. The MCP client then sends \`tools/call\` to
the server.`,
  "The MCP server answers": `The server searched its index and answers with passages. A tool that fails answers, too: the model reads the error and can try something
else.`,
  "The results go back to the model, each sentence numbered by the host": `The host numbers what the model may cite: each sentence, list item and table row stands behind a marker that begins with the turn's key.
Text in a document that looks like such a marker is broken up first. The model may now call more tools; steps 3 to 6 repeat, at most 12
times.`,
  "The model answers, and the host turns its markers into quotes": `The model copies markers behind its claims. The host replaces each by a number and puts the source's own bytes beside it, so that a quote is
never the model's retyping. A marker that was not shown is removed and reported. \`outcome\` says whether the sources answered:
\`answered\`, \`partial\`, \`not_in_sources\` or \`uncited\`.`,
};

function trace() {
  const home = mkdtempSync(join(tmpdir(), "lectern-trace-"));
  try {
    const env = { PATH: process.env.PATH, HOME: home, LECTERN_CACHE_DIR: join(home, "cache"), NO_COLOR: "1" };
    const options = { cwd: root, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
    const { status, stdout, stderr } = spawnSync(process.execPath, ["src/cli/main.ts", ...command], options);
    if (status !== 0) throw new Error(`lectern exited ${status}: ${stderr}`);
    return { stdout, stderr };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** What differs from run to run, made the same: ids, the turn's key, durations, token counts, today's date. */
function settled(text) {
  const key = /\[\[([a-z0-9]{4})\.1\]\]/.exec(text)?.[1] ?? "----";
  return text
    .replaceAll(`[[${key}.`, "[[w7q2.")
    .replace(/^(.*\[turn date=.*\bkey=)\w{4}/m, "$1w7q2")
    .replace(/"inputTokens": \d+/g, '"inputTokens": 2800')
    .replace(/"outputTokens": \d+/g, '"outputTokens": 190')
    .replace(/"turn": "[0-9a-f-]{36}"/g, '"turn": "0b6c1f6e-2f4b-4d0c-9a51-6f1f3f0e7a11"')
    .replace(/"duration_ms": \d+/g, '"duration_ms": 5')
    .replace(/\bcall_\w{20,}\b/g, "call_X4aZrF24qEr0OodV73sllwuS")
    .replace(/date=("?)\d{4}-\d\d-\d\d/g, "date=$12026-11-23");
}

function render() {
  const { stdout, stderr } = trace();
  const parts = settled(stderr)
    .split(/^\[(\d)\/7\] (.+)$/m)
    .slice(1);
  const lines = [
    "# How it works: from the question to the answer in seven steps",
    "",
    "This page is one real run, written by `node bin/generate-how-it-works.mjs`; a test fails when it no longer is what the program does. See",
    "the same of a question of your own with `--trace`:",
    "",
    `    lectern ask --emulator --source data/kb.json --trace "${question}"`,
    "",
    "Ids, the turn's key, the date, durations and token counts are fixed here. Long texts are broken behind each `\\n`.",
    "",
  ];
  const seen = [];
  for (let at = 0; at < parts.length; at += 3) {
    const [step, title, body] = parts.slice(at, at + 3);
    if (!(title in steps)) throw new Error(`The trace has a step this script does not explain: ${title}`);
    seen.push(step);
    const json = body.replace(/^ {2}/gm, "").trim();
    lines.push(`## ${step}. ${title}`, "", steps[title], "", "```text", json, "```", "");
  }
  if (seen.join("") !== "1234567") throw new Error(`The trace has the steps ${seen.join(", ")}, not 1 to 7 once each.`);
  lines.push("## What the reader sees", "", "```text", stdout.trim(), "```", "");
  return lines.join("\n");
}

const text = render();
if (process.argv.includes("--check")) {
  const differs = readFileSync(page, "utf8") !== text;
  if (differs)
    process.stderr.write("docs/guide/how-it-works.md is out of date. Write it anew: node bin/generate-how-it-works.mjs\n");
  process.exitCode = differs ? 1 : 0;
} else {
  writeFileSync(page, text);
}
