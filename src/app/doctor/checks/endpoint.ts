import { isPortal, normaliseEndpoint } from "../../../azure/endpoint.ts";
import { pinned, usualName } from "../../../azure/pinned.ts";
import type { Config } from "../../../config/config.ts";
import { isLecternError } from "../../../core/errors.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { isLoopback, type Target, targetOf } from "../target.ts";

const faults = {
  "endpoint-malformed": fails("config", "The endpoint is no URL, host or resource name."),
  "endpoint-placeholder": fails("config", "The endpoint or the deployment is still the placeholder of some documentation."),
  "endpoint-is-portal": fails("config", "The endpoint is the address of a web portal, not of a resource."),
  "endpoint-is-openai": fails("config", "The endpoint is OpenAI's own service, which is not Azure OpenAI."),
  "endpoint-unencrypted": warns("config", "The endpoint is plain http outside this machine: the credential goes in clear."),
  "pin-unknown": fails("config", "azure.pin names none of the backends, or several."),
  "deployment-malformed": fails("config", "The deployment's name holds quotes or white space, which no deployment's name has."),
  "deployment-contradicted": warns("config", "The endpoint names one deployment and the settings another."),
};
const found = finder(faults);

/** What was given as the endpoint, and what is made of it. */
export const endpoint: Check = {
  id: "endpoint",
  about: "What was given as the endpoint and what is used: root, API family, deployment.",
  faults,
  needs: ["configuration"],
  run(context): Verdict {
    const { config, facts } = context;
    const given = (config.azure.baseUrl ?? config.azure.endpoint ?? "").trim();
    const wrong = wrongPlace(given, config.azure.deployment ?? "");
    if (wrong) return { findings: [wrong] };
    try {
      facts.target = targetOf(config);
    } catch (error) {
      if (!isLecternError(error)) throw error;
      const fix = "Set AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com.";
      return { findings: [found("endpoint-malformed", { cause: sentence(error.message), fix: error.fix ?? fix })] };
    }
    const note = noteOf(context, facts.target);
    const findings = [
      ...unencrypted(facts.target),
      ...contradicted(facts.target, config.azure.deployment),
      ...wrongPin(config, facts.target),
    ];
    return findings.length > 0 ? { findings, note } : { note };
  },
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const placeholder =
  /<[^>]*>|\{[^}]*\}|\byour[-_ ]?(resource|endpoint|deployment|openai|instance|azure)|\b(resource|deployment)-?name\b|\bxxx+\b/i;

function wrongPlace(given: string, deployment: string): Finding | undefined {
  const held = [given, deployment].find((text) => placeholder.test(text));
  if (held !== undefined) {
    const cause = `"${held}" is a placeholder, not a value of yours.`;
    const fix =
      "Copy endpoint and deployment name from the resource's page in the Azure portal (Keys and Endpoint; Deployments).";
    return found("endpoint-placeholder", { cause, fix });
  }
  if (/["'`\s]/.test(deployment.trim())) {
    const cause = `The deployment's name is ${deployment.trim()}, with its quotes or white space; no deployment's name holds any.`;
    const fix = "Set AZURE_OPENAI_DEPLOYMENT_NAME without quotes; docker --env-file and some shells keep those of a file.";
    return found("deployment-malformed", { cause, fix });
  }
  if (/^([0-9a-f]{32}|[A-Za-z0-9]{60,})$/i.test(given)) {
    const cause = "What is set as the endpoint looks like an API key.";
    const fix = "Set AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com, and AZURE_OPENAI_API_KEY to the key.";
    return found("endpoint-malformed", { cause, fix });
  }
  const host = /^(?:https?:\/\/)?([^/:?]+)/i.exec(given)?.[1]?.toLowerCase() ?? "";
  if (isPortal(host)) {
    const cause = `${host} is a web portal, not an Azure OpenAI endpoint.`;
    const fix =
      "Set AZURE_OPENAI_ENDPOINT to the resource's own address, https://<resource>.openai.azure.com (portal: Keys and Endpoint).";
    return found("endpoint-is-portal", { cause, fix });
  }
  if (/(^|\.)openai\.com$/.test(host)) {
    const cause = `${host} is OpenAI's own service; Lectern talks to Azure OpenAI.`;
    return found("endpoint-is-openai", { cause, fix: "Set AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com." });
  }
  return undefined;
}

function noteOf({ config }: Context, target: Target): string {
  const api = target.apiVersion === undefined ? "v1 API" : `api-version ${target.apiVersion}`;
  const rewritten =
    config.azure.baseUrl === undefined ? target.endpoint.notices.map((notice) => ` ${notice.message}`).join("") : "";
  const kind = target.endpoint.kind === "gateway" && !isLoopback(target.url) ? " (a gateway: its path is kept)" : "";
  return `${target.endpoint.root}${kind}, ${api}, deployment "${target.deployment}".${rewritten}`;
}

function unencrypted(target: Target): readonly Finding[] {
  if (target.url.protocol === "https:" || isLoopback(target.url)) return [];
  const cause = `${target.url.origin} is plain http, so the credential and every document go in clear.`;
  return [found("endpoint-unencrypted", { cause, fix: `Use https://${target.host}.` })];
}

function contradicted({ endpoint: { deployment: pasted } }: Target, set: string | undefined): readonly Finding[] {
  if (!pasted || !set?.trim() || pasted === set.trim()) return [];
  const cause = `The endpoint names deployment "${pasted}", the settings "${set.trim()}"; "${set.trim()}" is used.`;
  return [found("deployment-contradicted", { cause, fix: "Give the endpoint without its path, and the deployment you mean." })];
}

function wrongPin({ azure }: Config, { endpoint: first, deployment }: Target): readonly Finding[] {
  if (azure.pin === undefined) return [];
  try {
    const others = (azure.backends ?? []).map(({ name, endpoint: given, deployment: own = deployment }) => {
      const endpoint = normaliseEndpoint(given);
      return { endpoint, deployment: own, name: name ?? usualName(own, endpoint.host) };
    });
    pinned([{ endpoint: first, deployment, name: usualName(deployment, first.host) }, ...others], azure.pin);
    return [];
  } catch (error) {
    if (!isLecternError(error)) throw error;
    return [found("pin-unknown", { cause: sentence(error.message), fix: error.fix ?? "Remove azure.pin." })];
  }
}
