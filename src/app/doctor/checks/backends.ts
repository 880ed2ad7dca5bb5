import type { BackendConfig, Config } from "../../../config/config.ts";
import { isLecternError, type LecternError } from "../../../core/errors.ts";
import { backendKey } from "../../backend-key.ts";
import { credentialFor } from "../../credential.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder } from "../check.ts";
import { runChecks } from "../run.ts";
import { connection } from "./connection.ts";
import { credential } from "./credential.ts";
import { deployment } from "./deployment.ts";
import { dns } from "./dns.ts";
import { endpoint } from "./endpoint.ts";

export const backendFaults = {
  "backend-key-missing": fails("config", "A backend takes its key from a variable that is not set."),
  "backend-withheld": fails(
    "config",
    "A project's file names the backend, so the user's key or identity is not sent there without approval.",
  ),
};
const found = finder(backendFaults);

/** What a backend goes through: the same checks as the first endpoint. */
const steps: readonly Check[] = [endpoint, dns, connection, credential, deployment].map((check) => ({
  ...check,
  needs: check.needs.filter((need) => need !== "configuration" && need !== "environment"),
}));

/** One further backend of the failover list. Questions are answered without it, so what is wrong with it is a warning. */
export function backendCheck(backend: BackendConfig, index: number): Check {
  return {
    id: `backend:${index + 2}`,
    about: "",
    faults: backendFaults,
    needs: ["environment"],
    async run(context): Promise<Verdict> {
      const { keyEnv } = backend;
      if (keyEnv !== undefined && !context.config.env[keyEnv]?.trim()) {
        const cause = `The backend ${backend.endpoint} takes its key from ${keyEnv}, which is not set; nothing can be asked until it is.`;
        return { findings: [found("backend-key-missing", { cause, fix: `Set ${keyEnv}, or remove the backend's keyEnv.` })] };
      }
      const refusal = refusalOf(context.config, backend);
      if (refusal !== undefined) {
        return { findings: [found("backend-withheld", { cause: refusal.message, fix: refusal.fix ?? "Approve it." })] };
      }
      return inItsWords(await examine(asFirst(context.config, backend), context), index);
    },
  };
}

/**
 * Why nothing of the user's may be sent to the backend. Asked of the configuration as it is: once the backend stands first, its address would
 * pass for the user's own.
 */
export function refusalOf(config: Config, backend: BackendConfig): LecternError | undefined {
  try {
    if (backendKey(config, backend) === undefined) credentialFor(config);
    return undefined;
  } catch (error) {
    if (isLecternError(error)) return error;
    throw error;
  }
}

/** The configuration in which a backend stands first. */
function asFirst(config: Config, { endpoint: given, deployment: name, apiVersion, keyEnv }: BackendConfig): Config {
  const { baseUrl: _, apiVersion: __, backends: ___, pin: ____, ...azure } = config.azure;
  const key = keyEnv === undefined ? undefined : config.env[keyEnv]?.trim();
  return {
    ...config,
    azure: {
      ...azure,
      endpoint: given,
      ...(name === undefined ? {} : { deployment: name }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(key === undefined ? {} : { apiKey: key, auth: "key" as const }),
    },
  };
}

/** The checks advise on the first endpoint's variables; a backend has its settings in the configuration file. */
function inItsWords(verdict: Verdict, index: number): Verdict {
  if (!("findings" in verdict)) return verdict;
  const place = `azure.backends[${index}]`;
  const reword = (fix: string): string =>
    fix
      .replace(/AZURE_OPENAI_ENDPOINT=(\S+?)\.?$/, `${place}.endpoint: "$1".`)
      .replaceAll("AZURE_OPENAI_ENDPOINT", `${place}.endpoint`)
      .replace(/AZURE_OPENAI_DEPLOYMENT_NAME( or --deployment)?/g, `${place}.deployment`);
  return { ...verdict, findings: verdict.findings.map((finding) => ({ ...finding, fix: reword(finding.fix) })) };
}

async function examine(config: Config, context: Context): Promise<Verdict> {
  const notes: string[] = [];
  const failures: Finding[] = [];
  const warnings: Finding[] = [];
  for await (const report of runChecks(steps, { ...context, config, facts: {} })) {
    if (report.status === "ok") notes.push(report.cause);
    for (const finding of report.findings) (finding.status === "fail" ? failures : warnings).push({ ...finding, status: "warn" });
  }
  const findings = [...failures, ...warnings];
  return findings.length > 0 ? { findings } : { note: [notes[0], notes.at(-1)].join(" ") };
}
