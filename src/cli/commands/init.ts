import { basename } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { LecternError } from "../../core/errors.ts";
import type { Args, Command, Io } from "../command.ts";
import type { Answers } from "../init/answers.ts";
import {
  changedFiles,
  configFileOf,
  envExampleOf,
  namesSources,
  type SetupFile,
  wouldCommitDotenv,
  writeFiles,
} from "../init/write.ts";

export const init: Command = {
  name: "init",
  summary: "Set up this folder: asks what is needed, tries each answer, writes lectern.config.json.",
  usage: "[--yes] [FLAGS]",
  examples: [
    ["lectern init", "Asks for endpoint, deployment, sign-in, documents and MCP servers, and tries each answer."],
    [
      "lectern init --yes --endpoint https://r.openai.azure.com --deployment gpt --source ./handbook",
      "For scripts: nothing is asked; what does not work is an error, and nothing is written.",
    ],
    [
      "lectern init --yes --import ~/.cursor/mcp.json --no-test",
      "Takes over another program's MCP servers, secrets replaced by variables.",
    ],
  ],
  options: [
    { name: "yes", type: "boolean", summary: "Ask nothing: take the flags and the environment." },
    { name: "force", type: "boolean", summary: "With --yes: change files that exist." },
    { name: "no-test", type: "boolean", summary: "Write without trying the answers." },
    { name: "endpoint", type: "string", value: "URL", summary: "Azure OpenAI endpoint." },
    { name: "deployment", type: "string", value: "NAME", summary: "Deployment to ask." },
    { name: "api-version", type: "string", value: "V", summary: "A date selects the classic URLs; default is the v1 API." },
    {
      name: "auth",
      type: "string",
      value: "HOW",
      summary: "auto (default: the key when AZURE_OPENAI_API_KEY is set), key or entra.",
    },
    {
      name: "source",
      type: "string",
      value: "[NAME=]PATH",
      multiple: true,
      summary: "A file or folder of knowledge in this folder.",
    },
    {
      name: "import",
      type: "string",
      value: "FILE",
      multiple: true,
      summary: "Take over the MCP servers of this file; naming it is approving them.",
    },
  ],
  async run(args, io) {
    const isInteractive = !args.flag("yes");
    const canAsk = io.stdin.isTTY && io.stderr.isTTY && io.env.TERM !== "dumb";
    if (isInteractive && !canAsk) {
      throw new LecternError("usage", "There is nobody to ask here, or no terminal that can show the questions.", {
        fix: "Give the answers by flags: lectern init --yes --endpoint URL --deployment NAME --source PATH",
      });
    }
    return isInteractive ? interactive(args, io) : unattended(args, io);
  },
};

async function unattended(args: Args, io: Io): Promise<number> {
  const { answersFromFlags } = await import("../init/from-flags.ts");
  const answers = await answersFromFlags(args, io);
  const files = [configFileOf(answers, io.cwd), envExampleOf(answers, io.cwd)];
  const changed = changedFiles(files);
  if (changed.length > 0 && !args.flag("force")) {
    throw new LecternError("usage", `${names(changed)} would be changed; nothing was written.`, {
      fix: "Add --force to change what exists.",
    });
  }
  await finish(files, answers, io);
  io.stderr.write(`${nextSteps(answers, io).join("\n")}\n`);
  return 0;
}

async function interactive(args: Args, io: Io): Promise<number> {
  const [{ openPrompts }, { askPeople }] = await Promise.all([import("../init/prompts.ts"), import("../init/ask-people.ts")]);
  const prompts = openPrompts(io);
  prompts.intro("Lectern: setting up this folder");
  const answers = await askPeople(prompts, args, io);
  const files = [configFileOf(answers, io.cwd), envExampleOf(answers, io.cwd)];
  prompts.note(files[0]!.content.trim(), "lectern.config.json");
  const changed = changedFiles(files);
  const question = changed.length > 0 ? `Write it? This changes ${names(changed)}.` : "Write it, and .env.example?";
  if (!(await prompts.confirm(question, { initial: changed.length === 0 })))
    throw new LecternError("interrupted", "Stopped; nothing was written.");
  await finish(files, answers, io);
  prompts.note(nextSteps(answers, io).join("\n"), "Next");
  prompts.outro("Done.");
  return 0;
}

const names = (files: readonly SetupFile[]): string => files.map((file) => basename(file.path)).join(" and ");

/** Writes, and keeps the approvals that the answers were. */
async function finish(files: readonly SetupFile[], answers: Answers, io: Io): Promise<void> {
  writeFiles(files);
  const [{ createTrust }, { endpointApproval }] = await Promise.all([
    import("../../app/trust.ts"),
    import("../../app/endpoint-trust.ts"),
  ]);
  const config = await loadConfig({ env: io.env, cwd: io.cwd, withoutSources: true });
  const trust = createTrust(config);
  for (const server of config.servers)
    if (answers.approved.includes(server.name) && !trust.isApproved(server)) trust.approve(server);
  // Only what was just typed is approved, not what a .env puts over it.
  if (answers.azure && config.origins.get("azure.endpoint")?.kind === "project_file") endpointApproval(config).approve();
}

function nextSteps({ azure, sources, servers }: Answers, io: Io): readonly string[] {
  const variables = [
    ...(azure?.auth === "key" && !io.env.AZURE_OPENAI_API_KEY ? ["AZURE_OPENAI_API_KEY"] : []),
    ...servers.flatMap((server) => server.variables),
  ];
  const missing = [...new Set(variables)].filter((name) => !io.env[name]);
  const emulator = azure ? "" : " --emulator";
  const source = sources.length > 0 || namesSources(io.cwd) ? "" : " --source ./your-folder";
  return [
    "Written: lectern.config.json, .env.example",
    ...(missing.length > 0 ? [`Copy .env.example to .env and fill in ${missing.join(", ")}.`] : []),
    ...(missing.length > 0 && wouldCommitDotenv(io.cwd)
      ? ["Add .env to .gitignore: this folder is a repository, and .env would be committed."]
      : []),
    `lectern ask${emulator}${source} "your question"`,
  ];
}
