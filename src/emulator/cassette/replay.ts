import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../core/json.ts";
import type { Answer } from "../http.ts";
import type { Exchange } from "./cassette.ts";
import { Redactor } from "./redact.ts";

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as the replayer compares it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

const shownValues = 60;
const shownDifferences = 12;

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`).join(",")}}`;
}

/** The query in a fixed order. */
function canonicalPath(path: string): string {
  const url = URL.parse(path, "http://emulator");
  if (url === null) return path;
  url.searchParams.sort();
  return `${url.pathname}${url.search}`;
}

const keyOf = ({ method, path, body }: Asked): string => `${method} ${canonicalPath(path)}\n${canonical(body)}`;

const shown = (value: Json | undefined): string => {
  if (value === undefined) return "(absent)";
  const text = JSON.stringify(value);
  return text.length > shownValues ? `${text.slice(0, shownValues)}… (${text.length} characters)` : text;
};

/** Where two bodies differ, one line a place. */
function differences(recorded: Json | undefined, asked: Json | undefined, at = ""): string[] {
  if (recorded !== undefined && asked !== undefined && canonical(recorded) === canonical(asked)) return [];
  if (isJsonObject(recorded) && isJsonObject(asked)) {
    const names = [...new Set([...Object.keys(recorded), ...Object.keys(asked)])];
    return names.flatMap((name) => differences(recorded[name], asked[name], at === "" ? name : `${at}.${name}`));
  }
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    const length = Math.max(recorded.length, asked.length);
    return Array.from({ length }, (_, i) => differences(recorded[i], asked[i], `${at}[${i}]`)).flat();
  }
  return [`${at || "body"}: recorded ${shown(recorded)}, asked ${shown(asked)}`];
}

/** Headers that describe the transport of the recording, not its content. */
const transport = /^(?:content-length|content-encoding|transfer-encoding|connection|keep-alive|date|set-cookie|alt-svc)$/i;

function toAnswer({ response }: Exchange): Answer {
  const kept = Object.entries(response.headers).filter(([name]) => !transport.test(name));
  const headers = Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (response.sse !== null) return { status: response.status, headers, events: response.sse };
  const body = typeof response.body === "string" ? response.body : response.body === null ? "" : JSON.stringify(response.body);
  return { status: response.status, headers, body };
}

/** Serves a cassette: the same request gets its recorded answers in their order, and then the last one again. */
export class Replayer {
  readonly #exchanges: readonly Exchange[];
  readonly #byKey = new Map<string, Exchange[]>();
  readonly #served = new Map<string, number>();
  readonly #redactor = new Redactor();

  constructor(exchanges: readonly Exchange[]) {
    this.#exchanges = exchanges;
    for (const exchange of exchanges) {
      const key = keyOf(exchange.request);
      this.#byKey.set(key, [...(this.#byKey.get(key) ?? []), exchange]);
    }
  }

  /** `path` with query, `body` as sent. A request that matches nothing gets a 400 that shows the nearest recorded one. */
  answer({ method, path, headers, body }: SentRequest): Answer {
    this.#redactor.learnRequest(headers, path);
    const parsed = parseJson(body);
    const asked: Asked = {
      method,
      path: this.#redactor.path(path),
      body: body === "" ? null : parsed === undefined ? this.#redactor.text(body) : this.#redactor.json(parsed),
    };
    const key = keyOf(asked);
    const matching = this.#byKey.get(key);
    if (matching === undefined) return this.#mismatch(asked);
    const turn = this.#served.get(key) ?? 0;
    this.#served.set(key, turn + 1);
    return toAnswer(matching[Math.min(turn, matching.length - 1)]!);
  }

  #mismatch(asked: Asked): Answer {
    const line = `${asked.method} ${asked.path}`;
    const same = this.#exchanges.filter(
      ({ request }) => request.method === asked.method && canonicalPath(request.path) === canonicalPath(asked.path),
    );
    if (same.length === 0) {
      const paths = [...new Set(this.#exchanges.map(({ request }) => `${request.method} ${request.path}`))];
      return problem(`The cassette holds no ${line}. It holds: ${paths.slice(0, shownDifferences).join(", ") || "nothing"}.`, []);
    }
    const [nearest] = same
      .map(({ request }) => ({
        index: this.#exchanges.findIndex((each) => each.request === request),
        lines: differences(request.body, asked.body),
      }))
      .sort((a, b) => a.lines.length - b.lines.length);
    const { index, lines } = nearest!;
    const rest = lines.length > shownDifferences ? [`... and ${lines.length - shownDifferences} more`] : [];
    return problem(`No recorded ${line} matches. The nearest is exchange ${index + 1}; it differs in:`, [
      ...lines.slice(0, shownDifferences),
      ...rest,
    ]);
  }
}

function problem(message: string, lines: readonly string[]): Answer {
  const error: JsonObject = { code: "emulator_no_recording", message: [message, ...lines].join("\n"), differences: lines };
  return {
    status: 400,
    headers: { "content-type": "application/json", "x-should-retry": "false" },
    body: JSON.stringify({ error }, null, 2),
  };
}
