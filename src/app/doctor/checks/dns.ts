import { isIP } from "node:net";
import { addressKind } from "../addresses.ts";
import type { Check, Context, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { proxyFor } from "../proxy.ts";
import type { Target } from "../target.ts";

const faults = {
  "name-unknown": fails(
    "network",
    "The name service knows no such host: misspelt, deleted, or a private name asked for outside its network.",
  ),
  "name-service-silent": fails("network", "The name service did not answer."),
  "name-blocked": fails("network", "The host resolves to this machine or to nowhere: a hosts file or a filtering name service."),
  "private-link-public-address": warns(
    "network",
    "The resource has a private endpoint, but here its name resolves to a public address: the private DNS zone is not linked.",
  ),
};
const found = finder(faults);

/** What the endpoint's name resolves to, and whether that fits. */
export const dns: Check = {
  id: "dns",
  about: "What the endpoint's name resolves to: public or private, and whether that fits a private endpoint.",
  faults,
  needs: ["endpoint"],
  async run(context): Promise<Verdict> {
    const target = context.facts.target!;
    const host = target.url.hostname.replace(/^\[|\]$/g, "");
    if (isIP(host) || host === "localhost") return { note: `${host} needs no lookup (${addressKind(host)}).` };
    if (safeProxy(target, context)) return { note: `${host} is resolved by the proxy.` };
    try {
      context.facts.resolution = await context.world.resolve(host, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      return { findings: [failed(host, String((error as { code?: unknown }).code ?? ""), target)] };
    }
    return judge(host, context);
  },
};

function safeProxy(target: Target, { config }: Context): boolean {
  try {
    return proxyFor(target.url, config.env) !== undefined;
  } catch {
    return false;
  }
}

function failed(host: string, code: string, { endpoint }: Target) {
  if (code === "EAI_AGAIN" || code === "ETIMEOUT") {
    const cause = `The name service did not answer for ${host}.`;
    return found("name-service-silent", { cause, fix: "Check the network, the VPN and the DNS servers of this machine." });
  }
  const cause = `The name ${host} does not exist for this machine's name service.`;
  const resource =
    endpoint.resource === undefined
      ? ""
      : ` (az cognitiveservices account show -n ${endpoint.resource} -g <resource-group> --query properties.endpoint)`;
  const fix = `Check the spelling of the resource in AZURE_OPENAI_ENDPOINT${resource}; a resource without a custom subdomain, and one that was deleted, has no such name.`;
  return found("name-unknown", { cause, fix });
}

function judge(host: string, { facts }: Context): Verdict {
  const { addresses, aliases } = facts.resolution!;
  const kinds = [...new Set(addresses.map(addressKind))];
  const note = `${host} resolves to ${addresses.join(", ")} (${kinds.join(", ")}).`;
  if (facts.target!.endpoint.kind !== "azure") return { note };
  if (kinds.some((kind) => kind === "loopback" || kind === "nowhere")) {
    const cause = `${host} resolves to ${addresses.join(", ")} (${kinds.join(", ")}), which is no address of Azure.`;
    const fix = `Look for ${host} in the hosts file and in the block list of the name service.`;
    return { findings: [found("name-blocked", { cause, fix })] };
  }
  const link = aliases.find((name) => /\.privatelink\./.test(name));
  if (link === undefined || !kinds.includes("public")) return { note };
  const zone = link.slice(link.indexOf("privatelink."));
  const isPublic = addresses.filter((address) => addressKind(address) === "public");
  const beside = kinds.includes("private") ? ", beside a private one" : "";
  const cause = `${host} has a private endpoint (${link}) but resolves here to the public address ${isPublic.join(", ")}${beside}.`;
  const fix = `If this machine is to use the private endpoint, link the private DNS zone to its network: az network private-dns link vnet create -g <resource-group> -z ${zone} -n <name> -v <vnet> -e false.`;
  return { findings: [found("private-link-public-address", { cause, fix })] };
}
