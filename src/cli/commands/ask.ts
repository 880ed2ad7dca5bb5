import { AnswerCollector } from "../../app/answer.ts";
import type { Lectern } from "../../app/lectern.ts";
import type { LecternOptions } from "../../app/options.ts";
import { LecternError } from "../../core/errors.ts";
import type { ModelRequest } from "../../core/model.ts";
import type { Args, Command, Io } from "../command.ts";
import { type ExitCode, exitUnanswered } from "../exit-codes.ts";
import { PlainRenderer } from "../render/plain.ts";
import { styleFor } from "../render/style.ts";
import type { Trace } from "../render/trace.ts";
import { openSession, sessionConfig, sessionOptions } from "../session.ts";
import { readStdin } from "../stdin.ts";

export const ask: Command = {
  name: "ask",
  summary: "Ask one question and get an answer with verified quotes.",
  usage: '"QUESTION" [FLAGS]     (text on standard input is context; "-" reads the question from it)',
  examples: [
    [
      'lectern ask --emulator --source ./handbook "How long is parental leave?"',
      "Your folder, no account: the emulator stands in for Azure OpenAI.",
    ],
    [
      'lectern ask --source ./handbook --source faq=./faq.json "Who approves expenses?"',
      "Two sources; the second is called faq.",
    ],
    ['cat policy.md | lectern ask "Summarise this"', "Standard input is context and can be quoted."],
    ['lectern ask --json "What is our vacation policy?" | jq .citations', "For programs: one JSON object."],
  ],
  words: Number.POSITIVE_INFINITY,
  options: [
    ...sessionOptions,
    { name: "json", type: "boolean", summary: "Print one JSON object: answer, outcome, citations, usage, or error." },
    { name: "stream-json", type: "boolean", summary: "Print each event as a line of JSON while it happens." },
    { name: "trace", type: "boolean", summary: "Show the steps from question to answer with their JSON, on stderr." },
    { name: "fail-on-unanswered", type: "boolean", summary: "Exit 8 when the sources do not answer." },
  ],
  async run(args, io) {
    const config = await sessionConfig(args, io);
    const { question, attachments } = await questionOf(args, io);
    const canAsk = io.stdin.isTTY && io.stderr.isTTY && !args.flag("no-input");
    const stopped = new AbortController();
    const asking = canAsk ? await personAt(io, () => stopped.abort(new LecternError("interrupted", "Stopped."))) : {};
    const trace = args.flag("trace") ? (await import("../render/trace.ts")).startTrace(io) : undefined;
    const watch = trace ? { onModelRequest: (request: ModelRequest) => trace.request(request) } : {};
    await using lectern = await openSession(config, args, io, { ...asking, ...watch });
    const signal = AbortSignal.any([io.signal, stopped.signal]);
    return await answer(lectern, { question, attachments, args, io: { ...io, signal }, ...(trace ? { trace } : {}) });
  },
};

/** Puts to the person at the terminal what the host may not decide. `onStop`: Ctrl-C instead of a reply, to whoever's question. */
async function personAt(io: Io, onStop: () => void): Promise<Pick<LecternOptions, "approve" | "elicit">> {
  const [{ askForApproval, lineAsker }, { askElicitation }] = await Promise.all([
    import("../render/approval.ts"),
    import("../render/elicitation.ts"),
  ]);
  const askLine = lineAsker(io, onStop);
  return { approve: askForApproval(askLine, io), elicit: askElicitation(askLine, io) };
}

interface Asked {
  readonly question: string;
  readonly attachments: readonly { readonly name: string; readonly text: string }[];
  readonly args: Args;
  readonly io: Io;
  readonly trace?: Trace;
}

/** Runs one question and renders it as the flags say. Shared with `demo`. */
export async function answer(lectern: Lectern, { question, attachments, args, io, trace }: Asked): Promise<ExitCode> {
  const collector = new AnswerCollector(question);
  const style = styleFor(io, { noColor: args.flag("no-color") });
  const machine = args.flag("json") || args.flag("stream-json");
  const renderer = machine
    ? undefined
    : new PlainRenderer(io, {
        style,
        quiet: args.flag("quiet"),
        live: io.stdout.isTTY === true,
        canQuote: lectern.tools().length + attachments.length > 0,
      });
  trace?.begin(question, lectern);
  try {
    for await (const event of lectern.ask(question, { signal: io.signal, attachments })) {
      collector.add(event);
      trace?.add(event);
      if (args.flag("stream-json")) io.stdout.write(`${JSON.stringify(event)}\n`);
      renderer?.render(event, () => lectern.describe());
    }
  } finally {
    renderer?.endLine();
  }
  if (args.flag("json") && !args.flag("stream-json")) io.stdout.write(`${JSON.stringify(collector.json(lectern.describe()))}\n`);
  return collector.done?.outcome === "not_in_sources" && args.flag("fail-on-unanswered") ? exitUnanswered : 0;
}

async function questionOf(args: Args, io: Io): Promise<Pick<Asked, "question" | "attachments">> {
  const words = args.positionals.join(" ");
  const piped = await readStdin(io, { wanted: words.trim() === "" || words === "-" });
  if (words === "-") return { question: piped.trim(), attachments: [] };
  if (words.trim() === "" && piped.trim() !== "") return { question: piped.trim(), attachments: [] };
  if (words.trim() === "") {
    throw new LecternError("usage", "There is no question.", {
      fix: 'Write it behind the command: lectern ask "What is our vacation policy?"',
    });
  }
  return { question: words, attachments: piped.trim() === "" ? [] : [{ name: "stdin", text: piped }] };
}
