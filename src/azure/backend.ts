import { LecternError } from "../core/errors.ts";
import { createAuthenticator } from "./authenticator.ts";
import type { Authenticator, Credential } from "./credentials.ts";
import type { Endpoint } from "./endpoint.ts";
import { isDated, normaliseEndpoint } from "./endpoint.ts";
import { type ErrorContext, type HeaderMap, header } from "./error-reply.ts";
import { Health } from "./health.ts";
import type { Learned, LearnedStore } from "./learned.ts";
import { Lessons } from "./learned.ts";
import { usualName } from "./pinned.ts";
import type { Surface } from "./prepare-tools.ts";
import { secretsBeside, serviceWords } from "./service-words.ts";
import type { Stop } from "./stop.ts";
import { trustedRoots } from "./trust.ts";
import type { Origin } from "./wire.ts";
import { openOrigin } from "./wire.ts";

type Api = "auto" | "responses" | "chat";

/** One deployment behind one endpoint. */
export interface BackendOptions {
  /** Whatever people paste: see `normaliseEndpoint`. */
  readonly endpoint: string;
  readonly deployment: string;
  readonly credential: Credential;
  /** Default "auto": Responses, and Chat Completions where the deployment wants that. */
  readonly api?: Api;
  /** A dated version uses the classic URLs; default: the v1 API, which needs none. */
  readonly apiVersion?: string;
  /** Taken verbatim in place of `<endpoint>/openai/v1`, for gateways with paths of their own. */
  readonly baseUrl?: string;
  /** Sent with each request, for gateways. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Header that carries the API key. Default "api-key". */
  readonly keyHeader?: string;
  /** How notices and errors call this backend. Default: deployment and host. */
  readonly name?: string;
  /** Where its data stays ("eu", for example); failover never leaves the first backend's residency unless told to. */
  readonly residency?: string;
}

export interface BackendSurroundings {
  readonly learnedStore?: LearnedStore | undefined;
  readonly now: () => number;
  readonly proxyEnv?: Readonly<Record<string, string>> | undefined;
  /** Certificates to trust besides Node's own, as PEM text. */
  readonly ca?: string | undefined;
}

/** One backend with its connections, credential and lessons. */
export class Backend {
  readonly endpoint: Endpoint;
  readonly deployment: string;
  readonly authenticator: Authenticator;
  readonly lessons: Lessons;
  /** Reasoning is encrypted for the resource that made it, so this names whose can be replayed here. */
  readonly replayName: string;
  readonly name: string;
  readonly residency: string | undefined;
  readonly health: Health;
  #notices: readonly { readonly code: string; readonly message: string }[];
  readonly #paths: Readonly<Record<Surface, string>>;
  readonly #options: BackendOptions;
  readonly #apiVersion: string | undefined;
  readonly #baseUrl: URL | undefined;
  readonly #surroundings: BackendSurroundings;
  #origin: Origin | undefined;
  #trustsSystem = false;
  served: string | null = null;
  region: string | null = null;

  constructor(options: BackendOptions, surroundings: BackendSurroundings) {
    checkHeaders(options);
    this.#options = options;
    this.endpoint = normaliseEndpoint(options.baseUrl ?? options.endpoint);
    this.deployment = deploymentOf(options, this.endpoint);
    this.#baseUrl = options.baseUrl === undefined ? undefined : new URL(options.baseUrl);
    const wanted = options.apiVersion ?? this.endpoint.apiVersion;
    this.#apiVersion = wanted !== undefined && isDated(wanted) && options.baseUrl === undefined ? wanted : undefined;
    this.#notices = [...(options.baseUrl === undefined ? this.endpoint.notices : []), ...versionNotices(options.apiVersion)];
    const { now } = surroundings;
    this.authenticator = createAuthenticator(options.credential, {
      scope: this.endpoint.scope,
      keyHeader: options.keyHeader ?? "api-key",
      now,
      extraCa: () => (surroundings.ca === undefined ? undefined : trustedRoots({ ca: surroundings.ca, system: false })),
    });
    this.name = options.name ?? usualName(this.deployment, this.endpoint.host);
    this.residency = options.residency;
    this.health = new Health(now);
    this.replayName = `azure ${this.endpoint.host} ${this.deployment}`;
    this.lessons = new Lessons(`${this.endpoint.root} ${this.deployment}`, { store: surroundings.learnedStore, now });
    this.#surroundings = surroundings;
    this.#paths = { responses: this.#pathOf("responses"), chat: this.#pathOf("chat") };
  }

  /** What of a request with these headers must never be told. */
  secretsOf(headers: Readonly<Record<string, string>>): readonly string[] {
    const { headers: given = {}, baseUrl } = this.#options;
    const credential = Object.keys(headers).filter((name) => headers[name] !== given[name]);
    return [...credential.map((name) => headers[name]!), ...secretsBeside(given, baseUrl)];
  }

  /** Its connections; opened at the first use, since TLS takes a while to load. */
  get origin(): Origin {
    this.#origin ??= this.#open();
    return this.#origin;
  }

  /** Trusts the operating system's certificates too (networks that inspect TLS put theirs there); false where that changes nothing. */
  trustSystem(): boolean {
    if (this.#trustsSystem || !this.origin.secure) return false;
    this.#trustsSystem = true;
    this.#origin = this.#open();
    return true;
  }

  #open(): Origin {
    const { proxyEnv, ca } = this.#surroundings;
    const roots = trustedRoots({ ca, system: this.#trustsSystem });
    return openOrigin(this.#baseUrl ?? new URL(this.endpoint.root), { proxyEnv, roots });
  }

  /** The API to use, by option, lessons and default. */
  surfaceFor(learned: Learned): Surface {
    const { api = "auto" } = this.#options;
    return api === "auto" ? (learned.api ?? "responses") : api;
  }

  get mayFallBack(): boolean {
    return (this.#options.api ?? "auto") === "auto";
  }

  /** Path and query of an API's requests. */
  path(surface: Surface): string {
    return this.#paths[surface];
  }

  #pathOf(surface: Surface): string {
    const tail = surface === "chat" ? "chat/completions" : "responses";
    if (this.#baseUrl !== undefined) return `${this.#baseUrl.pathname.replace(/\/$/, "")}/${tail}${this.#baseUrl.search}`;
    const prefix = new URL(this.endpoint.root).pathname.replace(/\/$/, "");
    if (this.#apiVersion === undefined) return `${prefix}/openai/v1/${tail}`;
    const place = surface === "chat" ? `deployments/${encodeURIComponent(this.deployment)}/${tail}` : tail;
    return `${prefix}/openai/${place}?api-version=${this.#apiVersion}`;
  }

  async headers(options: { stop: Stop; fresh: boolean }): Promise<Record<string, string>> {
    const auth = await this.authenticator.headers(options);
    return { ...this.#options.headers, ...auth };
  }

  errorContext(surface: Surface): ErrorContext {
    return {
      api: surface,
      host: this.endpoint.host,
      deployment: this.deployment,
      auth: this.authenticator.type,
      principal: this.authenticator.principal,
      path: this.path(surface).split("?")[0],
      resource: this.endpoint.resource,
      apiVersion: this.#apiVersion,
    };
  }

  /** What was changed in the settings, given out once. */
  takeNotices(): readonly { readonly code: string; readonly message: string }[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  noteHeaders(headers: HeaderMap): void {
    this.region = header(headers, "x-ms-region") ?? this.region;
    this.served = header(headers, "x-ms-served-model") ?? this.served;
  }
}

/** Node refuses such headers too, but only when the first question is sent. */
function checkHeaders({ headers = {}, keyHeader }: BackendOptions): void {
  const names = [...Object.keys(headers), ...(keyHeader === undefined ? [] : [keyHeader])];
  const bad = names.find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\x20-\x7e]/.test(headers[name] ?? ""));
  if (bad === undefined) return;
  throw new LecternError("config", `The header "${serviceWords(bad)}" has a name or value that HTTP does not allow`, {
    fix: "Use letters, digits and - in header names, and printable ASCII in values.",
  });
}

function deploymentOf(options: BackendOptions, endpoint: Endpoint): string {
  const name = options.deployment.trim() === "" ? (endpoint.deployment ?? "") : options.deployment.trim();
  if (name !== "") return name;
  throw new LecternError("config", "No Azure OpenAI deployment is named", {
    fix: "Set AZURE_OPENAI_DEPLOYMENT_NAME to the name of a deployment of this resource.",
  });
}

function versionNotices(apiVersion: string | undefined): readonly { readonly code: string; readonly message: string }[] {
  if (apiVersion === undefined || isDated(apiVersion)) return [];
  if (/^(v1|preview|latest)$/.test(apiVersion)) return [];
  throw new LecternError("config", `"${apiVersion}" is no api-version`, {
    fix: "Leave it out (the v1 API needs none), or give a date such as 2024-10-21 or 2025-03-01-preview.",
  });
}
