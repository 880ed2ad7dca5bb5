import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { visible } from "../../config/visible.ts";
import type { Args, Io } from "../command.ts";
import type { Answers } from "./answers.ts";
import { type Importable, importFile, insideProblem, setupConfig } from "./parts.ts";
import type { Prompts } from "./prompts.ts";

/** Asks for everything, trying each answer as soon as it is there. */
export async function askPeople(prompts: Prompts, args: Args, io: Io): Promise<Answers> {
  const azure = await askAzure(prompts, args, io);
  const sources = await askSources(prompts, args, io);
  const servers = await askServers(prompts, args, io);
  return { ...(azure ? { azure } : {}), sources, ...servers };
}

async function askAzure(prompts: Prompts, args: Args, io: Io): Promise<Answers["azure"]> {
  const known = await loadConfig({ env: io.env, cwd: io.cwd, withoutSources: true, flags: args.values });
  const where = await prompts.choose("Who answers?", [
    { value: "azure", label: "An Azure OpenAI deployment" },
    { value: "later", label: "Nobody yet: the built-in emulator, to try things out" },
  ]);
  if (where === "later") return undefined;
  const { endpointProblem, tryModel } = await import("../../app/setup.ts");
  let given = { endpoint: known.azure.endpoint ?? "", deployment: known.azure.deployment ?? "" };
  for (;;) {
    const endpoint = await prompts.text("Endpoint of the Azure OpenAI resource", {
      initial: given.endpoint,
      placeholder: "https://<resource>.openai.azure.com",
      check: (text) => (text === "" ? "An address, or the name of the resource." : endpointProblem(text)),
    });
    const deployment = await prompts.text("Name of the deployment (its own, not the model's)", {
      initial: given.deployment,
      check: (text) => (text === "" ? "The portal lists it under Deployments." : undefined),
    });
    given = { endpoint, deployment };
    const { auth, env } = await askAuth(prompts, io);
    const apiVersion = args.string("api-version");
    const azure = { endpoint, deployment, ...(apiVersion === undefined ? {} : { apiVersion }), auth };
    if (args.flag("no-test") || (auth === "key" && !env.AZURE_OPENAI_API_KEY)) return azure;
    const works = await prompts.attempt("Asking the deployment for one word", async () =>
      tryModel(await setupConfig(io, azure, env), { signal: io.signal }),
    );
    if (works || (await keep(prompts))) return azure;
  }
}

const keep = async (prompts: Prompts): Promise<boolean> =>
  (await prompts.choose("What now?", [
    { value: "again", label: "Correct the answers" },
    { value: "keep", label: "Keep them all the same", hint: "lectern doctor looks closer" },
  ])) === "keep";

/** The key is asked for the trial only, and where none is set; it is never written anywhere. */
async function askAuth(prompts: Prompts, io: Io): Promise<{ readonly auth: "key" | "entra"; readonly env: Io["env"] }> {
  const config = await setupConfig(io, undefined);
  const hasKey = Boolean(config.azure.apiKey);
  const auth = await prompts.choose("How do you prove who you are?", [
    ...(hasKey ? [{ value: "key" as const, label: "The API key in AZURE_OPENAI_API_KEY" }] : []),
    { value: "entra" as const, label: "Entra ID", hint: "az login here, a managed identity in the cloud; no secret to keep" },
    ...(hasKey ? [] : [{ value: "key" as const, label: "An API key", hint: "to be put into AZURE_OPENAI_API_KEY" }]),
  ]);
  if (auth === "entra" || hasKey)
    return { auth, env: hasKey ? { ...io.env, AZURE_OPENAI_API_KEY: config.azure.apiKey } : io.env };
  const key = await prompts.secret("The key, for a trial now (not kept; leave it empty to skip the trial)");
  return { auth, env: { ...io.env, AZURE_OPENAI_API_KEY: key } };
}

async function askSources(prompts: Prompts, args: Args, io: Io): Promise<Answers["sources"]> {
  const { sourceFromFlag } = await import("../../config/load.ts");
  const { trySource } = await import("../../app/setup.ts");
  const sources = args.strings("source").map((text) => sourceFromFlag(text, io.cwd));
  const usual = ["handbook", "docs", "knowledge"].find((name) => existsSync(join(io.cwd, name)));
  for (;;) {
    const first = sources.length === 0;
    const path = await prompts.text(first ? "A folder or file of documents (empty: none)" : "Another one (empty: no more)", {
      initial: first && usual ? `./${usual}` : undefined,
      check: (text) => (text === "" ? undefined : insideProblem(resolve(io.cwd, text), io.cwd)),
    });
    if (path === "") return sources;
    const config = await setupConfig(io, undefined);
    const absolute = resolve(io.cwd, path);
    if (await prompts.attempt(`Reading ${path}`, () => trySource(config, absolute))) sources.push({ path: absolute });
  }
}

interface Candidate {
  /** The program whose file names it. */
  readonly from: string;
  readonly item: Importable;
  /** Servers of other programs are copied; those in files of the project stay where they are and are approved. */
  readonly isCopied: boolean;
}

async function askServers(prompts: Prompts, args: Args, io: Io): Promise<Pick<Answers, "servers" | "approved">> {
  const config = await setupConfig(io, undefined);
  const candidates = await findCandidates(prompts, args, { io, config });
  if (candidates.length === 0) return { servers: [], approved: [] };
  const choices = candidates.map(({ from, item: { server } }, index) => ({
    value: String(index),
    label: `${server.name} (${from})`,
    hint: visible(server.command ?? server.url ?? ""),
  }));
  const wanted = await prompts.chooseMany("MCP servers found on this machine: which may Lectern use? (space chooses)", choices);
  const approved: Candidate[] = [];
  for (const index of wanted) {
    const candidate = candidates[Number(index)]!;
    const options = { io, config, noTest: args.flag("no-test") };
    if (await approveServer(prompts, candidate.item, options)) approved.push(candidate);
  }
  return {
    servers: approved.filter(({ isCopied }) => isCopied).map(({ item }) => item.imported),
    approved: approved.map(({ item }) => item.imported.name),
  };
}

interface World {
  readonly io: Io;
  readonly config: Config;
}

async function findCandidates(prompts: Prompts, args: Args, { io, config }: World): Promise<readonly Candidate[]> {
  const [{ findServerFiles }, { importServer }] = await Promise.all([
    import("../../config/find-server-files.ts"),
    import("../../app/import-server.ts"),
  ]);
  const typed = args.strings("import").map((path) => ({ path: resolve(io.cwd, path), program: path }));
  const candidates: Candidate[] = [];
  for (const { path, program } of [...typed, ...findServerFiles(io.env, io.cwd)]) {
    try {
      candidates.push(...(await importFile(path, io)).map((item) => ({ from: program, item, isCopied: true })));
    } catch (error) {
      prompts.warn((error as Error).message);
    }
  }
  const ofProject = config.servers.filter((server) => server.origin.kind === "project_file");
  const own = ofProject.map((server) => ({
    from: "this project",
    item: { server, imported: importServer(server) },
    isCopied: false,
  }));
  return [...candidates, ...own];
}

interface ApproveOptions extends World {
  readonly noTest: boolean;
}

async function approveServer(prompts: Prompts, { server }: Importable, { io, config, noTest }: ApproveOptions): Promise<boolean> {
  const { approvalNotes, commandLine } = await import("../../app/trust.ts");
  const { tryServer } = await import("../../app/setup.ts");
  prompts.verbatim(
    [`\n${server.name}  (${server.origin.name})`, commandLine(server), ...approvalNotes(server, config)].join("\n"),
  );
  const question =
    server.type === "stdio" ? "May Lectern start exactly this, with your rights?" : "May Lectern connect to exactly this?";
  if (!(await prompts.confirm(question, { initial: false }))) return false;
  if (noTest) return true;
  const works = await prompts.attempt(`Connecting to ${server.name}`, () =>
    tryServer(config, server, { env: io.env, signal: io.signal }),
  );
  return works || (await prompts.confirm("Keep it all the same?", { initial: false }));
}
