/**
 * A collector in 60 lines: receives spans over OTLP/HTTP in JSON and prints them as a tree. For looking at what Lectern sends; a real
 * one (Jaeger, Grafana, the OpenTelemetry Collector) takes its place by the same variables.
 *
 *   node examples/telemetry/collector.ts
 *   npm install @opentelemetry/sdk-node
 *   OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/json \
 *     lectern ask --emulator --source data "How many days of vacation are there?"
 */
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly events?: readonly { readonly name: string }[];
}
interface Traces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

const shown = [
  /^gen_ai\.(request|response)\.model$/,
  /^gen_ai\.usage\.(in|out)put_tokens$/,
  /^lectern\.(server|outcome|api)$/,
  /^error\.type$/,
];

function line(span: Span, depth: number): string {
  const ms = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
  const told = (span.attributes ?? [])
    .filter(({ key }) => shown.some((pattern) => pattern.test(key)))
    .map(({ key, value }) => `${key}=${String(Object.values(value)[0])}`);
  const events = (span.events ?? []).map(({ name }) => `(${name})`);
  return [`${"  ".repeat(depth)}${span.name} ${ms.toFixed(0)} ms`, ...told, ...events].join("  ");
}

function tree(spans: readonly Span[], parent: Span | undefined, depth: number): readonly string[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans
    .filter(({ parentSpanId }) => (parent ? parentSpanId === parent.spanId : !known.has(parentSpanId ?? "")))
    .sort((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1))
    .flatMap((span) => [line(span, depth), ...tree(spans, span, depth + 1)]);
}

async function body(request: IncomingMessage): Promise<string> {
  if (request.headers["content-encoding"] !== "gzip") return text(request);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return gunzipSync(Buffer.concat(chunks)).toString("utf8");
}

const server = createServer(async (request, response) => {
  const received = await body(request);
  if (request.url === "/v1/traces") {
    const { resourceSpans } = JSON.parse(received) as Traces;
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    console.log(tree(spans, undefined, 0).join("\n"));
  }
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
const port = Number(process.argv[2] ?? 4318);
server.listen(port, "127.0.0.1", () =>
  console.error(`Listening for spans on http://127.0.0.1:${(server.address() as { port: number }).port}`),
);
