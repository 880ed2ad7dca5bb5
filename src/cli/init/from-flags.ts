import { resolve } from "node:path";
import { LecternError } from "../../core/errors.ts";
import type { Args, Io } from "../command.ts";
import type { Answers } from "./answers.ts";
import { importFile, insideProblem, setupConfig } from "./parts.ts";

/** The answers that flags and environment give, each tried unless `--no-test`. Throws what a trial fails with, so that nothing is written. */
export async function answersFromFlags(args: Args, io: Io): Promise<Answers> {
  const azure = await azureFromFlags(args, io);
  const sources = await sourcesFromFlags(args, io);
  const servers = (await Promise.all(args.strings("import").map((path) => importFile(resolve(io.cwd, path), io)))).flat();
  if (!args.flag("no-test")) {
    const { tryModel, tryServer } = await import("../../app/setup.ts");
    const config = await setupConfig(io, azure);
    if (azure) io.stderr.write(`${await tryModel(config, { signal: io.signal })}\n`);
    for (const { server } of servers)
      io.stderr.write(`${server.name}: ${await tryServer(config, server, { env: io.env, signal: io.signal })}\n`);
  }
  return {
    ...(azure ? { azure } : {}),
    sources,
    servers: servers.map(({ imported }) => imported),
    approved: servers.map(({ imported }) => imported.name),
  };
}

async function azureFromFlags(args: Args, io: Io): Promise<Answers["azure"]> {
  const endpoint = args.string("endpoint") ?? io.env.AZURE_OPENAI_ENDPOINT;
  const deployment = args.string("deployment") ?? io.env.AZURE_OPENAI_DEPLOYMENT_NAME;
  if (!endpoint) return undefined;
  const { endpointProblem } = await import("../../app/setup.ts");
  const problem = endpointProblem(endpoint);
  if (problem !== undefined) throw new LecternError("usage", problem, { fix: "Correct --endpoint." });
  if (!deployment) {
    throw new LecternError("usage", "An endpoint needs a deployment.", {
      fix: "Add --deployment NAME (its own name, not the model's).",
    });
  }
  const apiVersion = args.string("api-version");
  return { endpoint, deployment, ...(apiVersion === undefined ? {} : { apiVersion }), auth: await authFromFlags(args, io) };
}

async function authFromFlags(args: Args, io: Io): Promise<"key" | "entra"> {
  const auth = args.string("auth") ?? "auto";
  if (auth === "key" || auth === "entra") return auth;
  if (auth === "auto") return (await setupConfig(io, undefined)).azure.apiKey ? "key" : "entra";
  throw new LecternError("usage", `--auth is "${auth}"; it must be one of auto, key, entra.`, { fix: "Leave it out for auto." });
}

async function sourcesFromFlags(args: Args, io: Io): Promise<Answers["sources"]> {
  const { sourceFromFlag } = await import("../../config/load.ts");
  const sources = args.strings("source").map((text) => sourceFromFlag(text, io.cwd));
  for (const { path } of sources) {
    const problem = insideProblem(path, io.cwd);
    if (problem !== undefined)
      throw new LecternError("usage", problem, {
        fix: "Run lectern init in a folder above it, or name it with --source when you ask.",
      });
  }
  if (sources.length === 0 || args.flag("no-test")) return sources;
  const { trySource } = await import("../../app/setup.ts");
  const config = await setupConfig(io, undefined);
  for (const { path } of sources) io.stderr.write(`${path}: ${await trySource(config, path)}\n`);
  return sources;
}
