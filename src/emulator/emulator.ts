import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { LecternError } from "../core/errors.ts";
import type { Brain } from "./brain/brain.ts";
import { extractiveBrain } from "./brain/extractive.ts";
import { obedientBrain } from "./brain/obedient.ts";
import { readCassette } from "./cassette/cassette.ts";
import { Recorder } from "./cassette/record.ts";
import { Replayer } from "./cassette/replay.ts";
import { defaultDeployments } from "./deployments.ts";
import { FaultPlan } from "./faults/plan.ts";
import { type EmulatedRequest, handle, keptRequests, maxHeldBytes, type Running, tellFailure } from "./handle.ts";
import { BodyRoom } from "./http.ts";
import { createTenantKeeper, type EmulatedIdentity, openIdentity, type TenantKeeper } from "./identity/identity.ts";
import type { EmulatorOptions } from "./options.ts";
import { RateLimits } from "./rates.ts";
import { Recent } from "./recent.ts";
import { type Resource, ResponseMemory } from "./resource.ts";
import { scriptedBrain } from "./script.ts";

export interface Emulator extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly key: string;
  /** The last 1,000 requests, oldest first; fewer where they hold more than 64 million characters. */
  readonly requests: readonly EmulatedRequest[];
  /** How to sign in; only with an `identity` in the configuration. */
  readonly identity?: EmulatedIdentity;
  close(): Promise<void>;
}

const defaultResource = "lectern-emulator";

function brainOf(options: EmulatorOptions): Brain {
  const { brain = "extractive", script } = options;
  const thinking = typeof brain === "function" ? brain : brain === "obedient" ? obedientBrain : extractiveBrain;
  return script === undefined ? thinking : scriptedBrain(script, thinking);
}

function createResource(options: EmulatorOptions, { signer }: TenantKeeper): Resource {
  const { config = {}, seed = 1, now = Date.now } = options;
  const name = config.resource ?? defaultResource;
  const deployments = config.deployments ?? defaultDeployments;
  return {
    name,
    seed,
    strict: options.strict === "all",
    gate: {
      key: options.key ?? randomBytes(32).toString("hex"),
      network: config.network ?? "open",
      readToken: (token) => signer.read(token),
      expired: new Set(),
    },
    deployments: new Map(deployments.map((deployment) => [deployment.name, deployment])),
    brain: brainOf(options),
    rates: new RateLimits(now),
    faults: new FaultPlan(config.faults ?? [], seed),
    filters: config.contentFilter ?? [],
    memory: new ResponseMemory(name),
  };
}

const highestPort = 65_535;

function listen(server: Server, port: number, host: string): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw new LecternError("config", `The emulator cannot listen on port ${port}.`, {
      fix: `Choose a port from 1 to ${highestPort}, or 0 for a free one.`,
    });
  }
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = `The emulator cannot listen on ${host}:${port} (${cause.code ?? cause.message}).`;
      const taken = cause.code === "EADDRINUSE" || cause.code === "EACCES";
      const fix = taken ? "Choose another port, or 0 for a free one." : "Choose an address of this machine, such as 127.0.0.1.";
      reject(new LecternError("config", message, { cause, fix }));
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Starts a strict Azure OpenAI emulator: a real HTTP server on 127.0.0.1 at a free port, unless told otherwise.
 * Close it, or hold it with `await using`. Throws `config` where it cannot listen, for a cassette that cannot be read or written, and
 * for options that contradict each other.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = "127.0.0.1", port = 0, config = {}, now = Date.now } = options;
  if (options.record !== undefined && options.replay !== undefined) {
    throw new LecternError("config", "The emulator cannot record and replay at once.", {
      fix: "Leave out --replay to record, or --record and --upstream to replay.",
    });
  }
  const keeper = createTenantKeeper(config.identity ?? {}, now);
  const running: Running = {
    resource: createResource(options, keeper),
    recorder: options.record === undefined ? undefined : new Recorder(options.record),
    replayer: createReplayer(options.replay),
    keeper,
    host,
    requests: new Recent(keptRequests),
    room: new BodyRoom(maxHeldBytes),
  };
  // An import of node:http also loads Node's fetch and WebSocket (30 ms of a cold start); this does not. So it is in all of the emulator.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    handle(running, request, response).catch((thrown: unknown) => tellFailure(running, response, thrown));
  });
  await using opened = new AsyncDisposableStack();
  await listen(server, port, host);
  opened.defer(() => closed(server));
  const address = server.address() as AddressInfo;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  const signIn = config.identity === undefined ? undefined : opened.use(await openIdentity(keeper, host, url));
  const owned = opened.move();
  const close = (): Promise<void> => owned.disposeAsync();
  const { key } = running.resource.gate;
  const identity = signIn === undefined ? {} : { identity: signIn.identity };
  return { url, key, requests: running.requests.values, ...identity, close, [Symbol.asyncDispose]: close };
}

function createReplayer(replay: EmulatorOptions["replay"]): Replayer | undefined {
  if (replay === undefined) return undefined;
  return new Replayer(typeof replay === "string" ? readCassette(replay) : replay);
}

async function closed(server: Server): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await done;
}
