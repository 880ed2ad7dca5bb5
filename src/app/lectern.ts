import { resolve } from "node:path";
import { Conversation } from "../agent/conversation.ts";
import { run } from "../agent/loop.ts";
import { createPolicy } from "../agent/policy.ts";
import { describeAzureConfig, requireAzure } from "../config/azure-environment.ts";
import type { Config, ConfigNotice } from "../config/config.ts";
import { processEnvironment } from "../config/env.ts";
import { loadConfig } from "../config/load.ts";
import { LecternError } from "../core/errors.ts";
import type { RunEvent } from "../core/events.ts";
import type { Model, ModelDescription } from "../core/model.ts";
import type { Tool, Toolbox } from "../core/tools.ts";
import type { McpToolbox } from "../mcp/toolbox.ts";
import { silentLog } from "../telemetry/log.ts";
import { type Observed, observe } from "../telemetry/setup.ts";
import { checkAsked, checkLecternOptions } from "./check-options.ts";
import { keepForNextTurn, logged } from "./logged-run.ts";
import { openModel } from "./model.ts";
import type { LecternOptions } from "./options.ts";
import { ownServers } from "./own-servers.ts";
import { referencedResources } from "./resource-references.ts";
import { openToolbox } from "./toolbox.ts";
import { watched } from "./watched-model.ts";

/** What `ask` takes beside the question. */
export interface AskOptions {
  /** Aborting it stops the answer: the model call and the tools; `ask` then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Continue this one; absent: a conversation of its own. */
  readonly conversation?: Conversation;
  /** Texts handed in with the question; shown to the model and citable. */
  readonly attachments?: readonly { readonly name: string; readonly text: string }[];
}

/** A conversation with a connected assistant. */
export interface Chat {
  readonly conversation: Conversation;
  ask(question: string, options?: Omit<AskOptions, "conversation">): AsyncGenerator<RunEvent>;
}

/** A connected assistant. Close it (`await using`): it owns server processes and sockets. */
export interface Lectern extends AsyncDisposable {
  /**
   * Asks one question; yields what happens, `done` last. Breaking out of the loop stops everything. Throws LecternError: `usage` for an
   * empty or oversize question, `bound`, `auth`, `network`, `service`, `rate_limited`, `content_filtered`, ...
   */
  ask(question: string, options?: AskOptions): AsyncGenerator<RunEvent>;
  /** Begins a conversation: each question can refer to those before it. */
  chat(): Chat;
  /** What the model is offered, in order. */
  tools(): readonly Tool[];
  /** Who answers: deployment, API, served model, region. */
  describe(): ModelDescription;
  /** The model that answers, and the tools as the agent sees them: for programs that run `lectern/agent` themselves. */
  readonly model: Model;
  readonly toolbox: Toolbox;
  /** What only MCP servers have: their states, resources. Undefined where there are no servers. */
  readonly mcp: McpToolbox | undefined;
  /** The configuration in force, what was given in code included. */
  readonly config: Config;
}

/**
 * Connects model and tools. Throws LecternError `config` (settings, before anything is started), `auth`, or what starting a knowledge
 * base can fail with; a foreign server that does not start is an event, not an error.
 */
export async function createLectern(options: LecternOptions = {}): Promise<Lectern> {
  checkLecternOptions(options);
  const config = await configOf(options);
  if (!options.model) requireAzure(config);
  const log = options.log ?? silentLog;
  await using opened = new AsyncDisposableStack();
  const pending: RunEvent[] = [];
  const onEvent = (event: RunEvent): void => {
    keepForNextTurn(pending, event);
    options.onEvent?.(event);
  };
  // Side by side: the model needs no server, and the servers need no model.
  const opening = [openModel(config, options), openToolbox(config, { ...options, onEvent })] as const;
  const [model, toolbox] = await Promise.allSettled(opening);
  if (model.status === "fulfilled") opened.use(model.value);
  if (toolbox.status === "fulfilled") opened.use(toolbox.value);
  if (model.status === "rejected") throw model.reason;
  if (toolbox.status === "rejected") throw toolbox.reason;
  for (const notice of [...model.value.notices, ...unusedOnEmulator(config, model.value.model)])
    onEvent({ type: "notice", ...notice });
  log.info(describeAzureConfig(config), "azure configuration");
  const seen = options.onModelRequest ? watched(model.value.model, options.onModelRequest) : model.value.model;
  const { endpoint } = config.azure;
  const telemetry = { env: config.env, ...(endpoint === undefined || config.emulator ? {} : { endpoint }) };
  const observed = opened.use(await observe({ model: seen, toolbox: toolbox.value.toolbox }, telemetry));
  return assemble({
    config,
    options,
    observed,
    mcp: toolbox.value.mcp,
    pending,
    resources: opened.move(),
  });
}

/** What was typed for Azure and has no meaning on the emulator: nobody should think that it was asked. */
function unusedOnEmulator(config: Config, model: Model): readonly ConfigNotice[] {
  if (!config.emulator) return [];
  const { deployment } = model.describe();
  const paths = [
    "azure.endpoint",
    "azure.apiVersion",
    "azure.auth",
    ...(config.azure.deployment === deployment ? [] : ["azure.deployment"]),
  ];
  const unused = paths.flatMap((path) => config.origins.get(path) ?? []).filter((origin) => origin.kind === "flag");
  if (unused.length === 0) return [];
  const message = `Not used on the emulator: ${unused.map((origin) => origin.name).join(", ")}. Its deployment "${deployment}" answers.`;
  return [{ code: "emulator_unused", message }];
}

async function configOf(options: LecternOptions): Promise<Config> {
  const cwd = options.cwd ?? process.cwd();
  const given =
    options.config ??
    (await loadConfig({
      env: options.env ?? processEnvironment(),
      cwd,
      flags: { emulator: options.emulator, endpoint: options.endpoint, deployment: options.deployment, api: options.api },
      ...(options.configFile === undefined ? {} : { configFile: options.configFile }),
    }));
  const { mcpServers = {} } = options;
  const own =
    Object.keys(mcpServers).length === 0 ? [] : await (await import("./given-servers.ts")).givenServers(mcpServers, cwd);
  return {
    ...given,
    servers: [...given.servers.filter(({ name }) => !own.some((server) => server.name === name)), ...own],
    ...(options.sources
      ? {
          sources: options.sources.map((source) =>
            typeof source === "string" ? { path: resolve(cwd, source) } : { ...source, path: resolve(cwd, source.path) },
          ),
        }
      : {}),
    allow: [...given.allow, ...(options.allow ?? [])],
    deny: [...given.deny, ...(options.deny ?? [])],
    ...(options.instructions === undefined ? {} : { instructions: options.instructions }),
    ...(options.answerPolicy === undefined ? {} : { answerPolicy: options.answerPolicy }),
  };
}

interface Parts {
  readonly config: Config;
  readonly options: LecternOptions;
  readonly observed: Observed;
  readonly mcp: McpToolbox | undefined;
  readonly pending: RunEvent[];
  readonly resources: AsyncDisposableStack;
}

function assemble({ config, options, observed, mcp, pending, resources }: Parts): Lectern {
  const { model, toolbox } = observed;
  const log = options.log ?? silentLog;
  const policy = createPolicy({
    own: ownServers,
    servers: config.servers.map(({ name }) => name),
    allow: config.allow,
    ask: config.ask,
    deny: config.deny,
    trusted: config.trusted,
    ...(options.approve ? { approve: options.approve } : {}),
    approveAll: options.approveAll ?? false,
  });
  const { timeoutS, idleTimeoutS: _, ...limits } = config.limits;
  let isClosed = false;
  const ask = async function* (question: string, askOptions: AskOptions = {}): AsyncGenerator<RunEvent> {
    if (isClosed) throw closedError();
    checkAsked(question, askOptions);
    const fetchAttachments = referencedResources(question, mcp, config.deny);
    const events = run({
      model,
      toolbox,
      policy,
      question,
      ...limits,
      timeoutMs: timeoutS * 1000,
      answerPolicy: config.answerPolicy,
      ...(config.instructions === undefined ? {} : { instructions: config.instructions }),
      ...askOptions,
      ...(fetchAttachments ? { fetchAttachments } : {}),
    });
    const { conversation } = askOptions;
    const turn = observed.turn(events, { question, ...(conversation ? { conversationId: conversation.id } : {}) });
    yield* logged(turn, { log, question, pending });
  };
  return {
    ask,
    chat() {
      const conversation = new Conversation();
      return { conversation, ask: (question, chatOptions) => ask(question, { ...chatOptions, conversation }) };
    },
    tools: () => toolbox.tools(),
    describe: () => model.describe(),
    model,
    toolbox,
    mcp,
    config,
    [Symbol.asyncDispose]: () => {
      isClosed = true;
      return resources[Symbol.asyncDispose]();
    },
  };
}

const closedError = (): LecternError =>
  new LecternError("usage", "This Lectern is closed: its servers and connections have ended.", {
    fix: "Ask inside the block of its `await using`, or make another one with createLectern.",
  });
