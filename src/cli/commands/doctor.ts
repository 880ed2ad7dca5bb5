import { setTimeout as sleep } from "node:timers/promises";
import type { CheckReport } from "../../app/doctor/doctor.ts";
import type { Args, Command, Io } from "../command.ts";
import { azureOptions, configFor, configOption } from "../configuration.ts";
import { exitCodes } from "../exit-codes.ts";
import { type Style, styleFor } from "../render/style.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Check everything between a question and its answer, and say what mends what is wrong.",
  usage: "[FLAGS]",
  examples: [
    ["lectern doctor", "Settings, network, sign-in, deployment, stream, MCP servers, knowledge base: a line each."],
    ["lectern doctor --wait", "Looks again until a new role or deployment works."],
    ["lectern doctor --json | jq '.checks[] | select(.status != \"ok\")'", "For programs."],
  ],
  options: [
    {
      name: "wait",
      type: "boolean",
      summary: "Look again every 15 s, for up to 15 minutes, while only time can mend what fails.",
    },
    { name: "emulator", type: "boolean", summary: "Check against the embedded Azure OpenAI emulator." },
    { name: "source", type: "string", value: "[NAME=]PATH", multiple: true, summary: "A file or folder of knowledge." },
    ...azureOptions,
    configOption,
    { name: "json", type: "boolean", summary: "Print one JSON object: checks with id, status, cause, fix and ms." },
  ],
  async run(args, io) {
    const [{ diagnose, worstCode }, { lookUntilWell }] = await Promise.all([
      import("../../app/doctor/doctor.ts"),
      import("../../app/doctor/wait.ts"),
    ]);
    const reports = await lookUntilWell({
      look: () => diagnose({ load: () => configFor(args, io, { flags: args.values }), signal: io.signal }),
      onReport: args.flag("json") ? () => {} : linePrinter(args, io),
      onPause: (ms) => io.stderr.write(`… not yet; looking again in ${ms / 1000} s (Ctrl-C ends it)\n`),
      sleep: async (ms) => void (await sleep(ms, undefined, { signal: io.signal })),
      now: Date.now,
      ...(args.flag("wait") ? {} : { waitMs: 0 }),
    });
    if (args.flag("json")) io.stdout.write(`${JSON.stringify({ checks: reports.map(toJson) })}\n`);
    const worst = worstCode(reports);
    return worst === undefined ? 0 : exitCodes[worst];
  },
};

function toJson({ id, status, cause, fix, ms }: CheckReport) {
  return { id, status, cause, fix, ms };
}

function linePrinter(args: Args, io: Io): (report: CheckReport) => void {
  const style = styleFor(io, { noColor: args.flag("no-color") });
  return (report) => io.stdout.write(lineOf(report, style));
}

/** Columns before the text of a report. */
const indent = " ".repeat(21);

function lineOf({ id, status, cause, fix, ms }: CheckReport, style: Style): string {
  const head = `${status.padEnd(4)}  ${id.padEnd(13)}`;
  const loud = status === "warn" || status === "fail";
  const time = status === "skip" ? "" : style.dim(` (${ms} ms)`);
  const fixes = fix === null ? [] : fix.split("\n");
  const [first = "", ...more] = cause.split("\n").map((text, index) => {
    const mend = fixes[index] === undefined ? "" : `\n${indent}fix: ${fixes[index]}`;
    return `${text}${index === 0 ? time : ""}${mend}\n`;
  });
  return `${loud ? style.bold(head) : head}  ${first}${more.map((text) => `${indent}${text}`).join("")}`;
}
