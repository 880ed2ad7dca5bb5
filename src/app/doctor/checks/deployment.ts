import { classifyHttpError } from "../../../azure/errors.ts";
import type { Remedy } from "../../../azure/failure.ts";
import { answerFaults, answerFinding, errorBody } from "../answer-faults.ts";
import { tlsPort } from "../answer-texts.ts";
import type { Check, Context, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";
import { DialError, dial } from "../dial.ts";
import { type Answer, NoAnswer } from "../probe.ts";
import { proxyFor } from "../proxy.ts";
import { asker, type Body, lineOptions, question, type Repair, repaired, send } from "../requests.ts";
import { errorContext, type Surface } from "../target.ts";
import { connectionFinding } from "./connection.ts";

const faults = {
  ...answerFaults,
  "no-answer": fails("network", "The connection stands, but no answer comes to a tiny question."),
  "scope-wrong": warns("auth", "The token's audience is refused, but the other audience of Azure OpenAI is accepted."),
  "api-unsupported": fails("config", "The configured `api` is not served by the deployment, the other one is."),
  "deployment-cannot-chat": fails(
    "config",
    "The deployment serves neither Responses nor Chat Completions: an embeddings or image model.",
  ),
};
const found = finder(faults);

/** Whether the deployment answers a tiny question, and on which API. */
export const deployment: Check = {
  id: "deployment",
  about:
    "A tiny question to the deployment: credential, role, network rules, deployment name, path, api-version and which API it serves.",
  faults,
  needs: ["connection", "credential"],
  async run(context): Promise<Verdict> {
    const { facts } = context;
    const asked = new Map<Surface, Outcome>();
    for (const surface of facts.target!.surfaces) {
      const outcome = await ask(context, surface);
      asked.set(surface, outcome);
      if (outcome.finding === undefined || !outcome.otherApi) break;
    }
    const answered = [...asked].find(([, outcome]) => outcome.finding === undefined);
    if (answered !== undefined) {
      const [surface, { answer, repairs }] = answered;
      facts.answered = { surface, answer: answer!, repairs };
      return { note: noteOf(context, surface, asked) };
    }
    return { findings: [await judge(context, asked)] };
  },
};

interface Outcome {
  readonly answer: Answer | undefined;
  readonly finding: Finding | undefined;
  /** The refusal says that the other API might do. */
  readonly otherApi: boolean;
  readonly repairs: readonly Repair[];
}

/** Refused parameters are left out or renamed, as the client does, at most this often. */
const maxRepairs = 4;

async function ask(context: Context, surface: Surface): Promise<Outcome> {
  const target = context.facts.target!;
  const first = question(surface, target.deployment, "Reply with OK.", { tokens: 64, stream: false });
  const repairs: Repair[] = [];
  const outcome = (answer: Answer | undefined, finding: Finding | undefined, otherApi = false): Outcome => {
    return { answer, finding, otherApi, repairs };
  };
  for (;;) {
    const body = repaired(first, repairs);
    const answer = await send(context, surface, body).catch((error: unknown) => error);
    if (answer instanceof DialError) return outcome(undefined, connectionFinding(answer, context));
    if (answer instanceof NoAnswer) return outcome(undefined, await silent(answer, context));
    if (answer instanceof Error) throw answer;
    const got = answer as Answer;
    const finding = fromProxy(got, context) ?? answerFinding(got, surface, context);
    if (finding === undefined || outOfTokens(got)) return outcome(got, undefined);
    const { remedy } = classifyHttpError(got, errorContext(target, surface, asker(context)));
    const next = remedy === undefined || repairs.length >= maxRepairs ? undefined : repairFor(remedy, body);
    if (next === undefined) return outcome(got, finding, remedy?.kind === "switch_api");
    repairs.push(next);
  }
}

/** Reasoning models may think through the few tokens they get, which some refuse afterwards: the deployment works all the same. */
function outOfTokens({ status, body }: Answer): boolean {
  return status === 400 && /max_tokens or model output limit was reached/i.test(errorBody(body).message);
}

function repairFor(remedy: Remedy, body: Body): Repair | undefined {
  if (remedy.kind !== "drop_parameter" && remedy.kind !== "rename_parameter") return undefined;
  if (!(remedy.name in body)) return undefined;
  return { name: remedy.name, to: remedy.kind === "rename_parameter" ? remedy.to : undefined };
}

async function silent({ reason }: NoAnswer, context: Context): Promise<Finding> {
  const { facts, world } = context;
  const { host } = facts.target!;
  if (reason === "closed" && (await speaksTls(context))) return found("tls-port", tlsPort(context));
  const cause =
    reason === "silent"
      ? `${host} takes the connection but does not answer a tiny question within ${world.limits.answerMs / 1000} s.`
      : `${host} takes the connection and closes it without an answer.`;
  const fix = "Try again; if it stays, look at the gateway, firewall or proxy before the endpoint (its log, its time limit).";
  return found("no-answer", { cause, fix });
}

/** Plain http goes through a proxy without a tunnel, so a proxy that refuses answers in the endpoint's place. */
function fromProxy({ status, body }: Answer, context: Context): Finding | undefined {
  const { url } = context.facts.target!;
  const isItsOwn = status === 407 || (/^50[234]$/.test(String(status)) && /^\s*</.test(body));
  if (!isItsOwn || url.protocol !== "http:") return undefined;
  const proxy = proxyFor(url, context.config.env);
  return proxy && connectionFinding(new DialError("tunnel", String(status), { proxy }), context);
}

/** A TLS server closes a connection on which plain http is spoken. */
async function speaksTls(context: Context): Promise<boolean> {
  const { url } = context.facts.target!;
  if (url.protocol !== "http:") return false;
  const secured = new URL(`https://${url.hostname}:${url.port || "80"}`);
  try {
    const line = await dial(secured, lineOptions(context));
    line.socket.destroy();
    return true;
  } catch (error) {
    return error instanceof DialError && error.certificate !== undefined;
  }
}

async function judge(context: Context, asked: ReadonlyMap<Surface, Outcome>): Promise<Finding> {
  const outcomes = [...asked.values()];
  const target = context.facts.target!;
  const plain = outcomes.find((outcome) => !outcome.otherApi) ?? outcomes[0]!;
  const unsupported = outcomes.every(({ answer }) => answer !== undefined && isUnsupported(answer));
  if (unsupported && asked.size === 2) {
    const model = /specified model, ([\w.-]+)/
      .exec(outcomes.map(({ answer }) => answer!.body).join(" "))?.[1]
      ?.replace(/\.$/, "");
    const cause = `Deployment "${target.deployment}"${model === undefined ? "" : ` (${model})`} serves neither Responses nor Chat Completions.`;
    return found("deployment-cannot-chat", {
      cause,
      fix: "Name a deployment of a chat model: az cognitiveservices account deployment list -n <resource> -g <resource-group> -o table.",
    });
  }
  // Gateways often have one of the two paths only.
  if (unsupported || (asked.size === 1 && plain.finding?.id === "path-unknown"))
    return await wrongApi(context, target.surfaces[0]!, plain);
  const refused = plain.finding!;
  return refused.id === "token-refused" ? ((await otherScope(context)) ?? refused) : refused;
}

function isUnsupported({ status, body }: Answer): boolean {
  const { code, message } = errorBody(body);
  return status === 400 && (code === "OperationNotSupported" || /not supported (in|with|by) the responses api/i.test(message));
}

/** `api` is fixed to one that the deployment does not serve: is it the other one? */
async function wrongApi(context: Context, fixed: Surface, outcome: Outcome): Promise<Finding> {
  const other: Surface = fixed === "chat" ? "responses" : "chat";
  const second = await ask(context, other);
  if (second.finding !== undefined) return outcome.finding!;
  const names = { responses: "Responses", chat: "Chat Completions" };
  const { deployment: name } = context.facts.target!;
  const cause = `Deployment "${name}" does not serve ${names[fixed]}, which the settings ask for (api: ${fixed}); it serves ${names[other]}.`;
  return found("api-unsupported", {
    cause,
    fix: `Leave the choice to Lectern: --api auto (or unset LECTERN_API, azure.api); or set it to ${other}.`,
  });
}

const scopes = ["https://ai.azure.com/.default", "https://cognitiveservices.azure.com/.default"] as const;

/** Tries the other audience of Azure OpenAI, so that the fix is one that works. */
async function otherScope(context: Context): Promise<Finding | undefined> {
  const { config, facts, world, signal } = context;
  const { auth } = facts;
  const scope = scopes.find((candidate) => candidate !== auth?.scope);
  if (auth?.scope === undefined || scope === undefined || facts.target!.endpoint.cloud !== "public") return undefined;
  try {
    const { token } = await world.token({ config, scope, signal });
    facts.auth = { ...auth, scope, headers: { authorization: `Bearer ${token}` } };
    const outcome = await ask(context, facts.target!.surfaces[0]!);
    facts.auth = auth;
    if (outcome.finding !== undefined) return undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
  const cause = `${facts.target!.host} refuses tokens for ${auth.scope} and accepts those for ${scope}.`;
  return found("scope-wrong", { cause, fix: `export AZURE_OPENAI_SCOPE=${scope}`, status: "fail" });
}

function noteOf({ facts }: Context, surface: Surface, asked: ReadonlyMap<Surface, Outcome>): string {
  const name = surface === "responses" ? "Responses" : "Chat Completions";
  const instead = asked.size > 1 ? " (Responses is not served, so Lectern uses this)" : "";
  return `"${facts.target!.deployment}" answers on ${name}${instead}.`;
}
