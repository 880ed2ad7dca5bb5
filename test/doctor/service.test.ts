import { gzipSync } from "node:zlib";
import type { FaultRule } from "../../src/emulator/faults/plan.ts";
import { testFaults } from "./fault.ts";
import { answers, emulated, type Handler, jwt, type Passed, passesOn, type Setup, serves } from "./harness.ts";

/** A deployment that answers every request with one of the emulator's refusals or faults. */
const refusing =
  (id: string, more: Partial<Setup> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const faults: FaultRule[] = [{ fault: { kind: "refusal", id } }];
    const { env } = stack.use(await emulated({ config: { faults } }));
    return { ...more, env: { ...env, ...more.env } };
  };

/** Signed in with an identity; the endpoint answers each request alike. */
const refusingToken =
  (handler: Handler, env: Readonly<Record<string, string>> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const server = stack.use(await serves(handler));
    return {
      env: { AZURE_OPENAI_ENDPOINT: server.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default", ...env },
      config: { azure: { trustedHosts: ["127.0.0.1"] } },
      world: () => ({
        token: async () => ({
          token: jwt({ aud: "https://ai.azure.com", oid: "the-object-id", tid: "the-tenant" }),
          source: null,
        }),
      }),
    };
  };

/** A key in use, and a server that is no Azure OpenAI. */
const answering =
  (handler: Handler) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const server = stack.use(await serves(handler));
    return {
      env: { AZURE_OPENAI_ENDPOINT: server.url, AZURE_OPENAI_DEPLOYMENT_NAME: "default", AZURE_OPENAI_API_KEY: "0".repeat(32) },
    };
  };

const deployed =
  (name: string, env: Readonly<Record<string, string>> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { env: healthy } = stack.use(await emulated({}, name));
    return { env: { ...healthy, ...env } };
  };

testFaults([
  {
    named: "deployment: key-refused",
    when: "the key is wrong",
    says: [/refused the API key/, /az cognitiveservices account keys list/],
    setup: deployed("default", { AZURE_OPENAI_API_KEY: "f".repeat(32) }),
  },
  {
    named: "deployment: keys-disabled",
    when: "the resource takes no keys",
    says: [/Entra tokens only/, /az login/],
    setup: answering(
      answers(403, {
        error: { code: "AuthenticationTypeDisabled", message: "Key based authentication is disabled for this resource." },
      }),
    ),
  },
  {
    named: "deployment: gateway-wants-key",
    when: "API Management reads the key from its own header",
    says: [/Ocp-Apim-Subscription-Key/],
    setup: answering(
      answers(401, {
        statusCode: 401,
        message:
          "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.",
      }),
    ),
  },
  {
    named: "deployment: role-missing",
    when: "the identity has no role",
    says: [
      /the-object-id/,
      /az role assignment create --assignee-object-id the-object-id --role "Cognitive Services OpenAI User"/,
    ],
    setup: refusingToken(
      answers(401, {
        error: {
          code: "PermissionDenied",
          message:
            "The principal `the-object-id` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/responses/write` to perform `POST /openai/v1/responses` operation.",
        },
      }),
    ),
  },
  {
    named: "deployment: tenant-wrong",
    when: "the token is of another tenant",
    says: [/the-tenant/, /az login --tenant/],
    setup: refusingToken(
      answers(400, {
        error: {
          code: "Tenant provided in token does not match resource token",
          message: "Token tenant the-tenant does not match resource tenant.",
        },
      }),
    ),
  },
  {
    named: "deployment: token-refused",
    when: "the token's audience is not accepted",
    says: [/https:\/\/ai\.azure\.com/, /AZURE_OPENAI_SCOPE/],
    setup: refusingToken(
      answers(401, {
        statusCode: 401,
        message:
          "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
      }),
    ),
  },
  {
    named: "deployment: scope-wrong",
    when: "only the older audience is accepted",
    says: [/export AZURE_OPENAI_SCOPE=https:\/\/cognitiveservices\.azure\.com\/\.default/],
    setup: async (stack) => {
      const older = (token: string | undefined): boolean =>
        Buffer.from(token?.split(".")[1] ?? "", "base64url")
          .toString()
          .includes("cognitiveservices");
      const handler: Handler = (request, response, body) =>
        older(request.headers.authorization)
          ? answers(200, { id: "resp_1", object: "response", status: "completed", output: [] })(request, response, body)
          : answers(401, {
              statusCode: 401,
              message: "Unauthorized. Access token is missing, invalid, audience is incorrect, or have expired.",
            })(request, response, body);
      const setup = await refusingToken(handler)(stack);
      const token = async ({ scope }: { scope: string }) => ({
        token: jwt({ aud: scope.replace("/.default", "") }),
        source: null,
      });
      return { ...setup, world: () => ({ token }) };
    },
  },
  {
    named: "deployment: network-rules",
    when: "the resource's firewall keeps this machine out",
    says: [/network rules/, /private endpoint|firewall/],
    setup: refusing("403-vnet-firewall"),
  },
  {
    named: "deployment: resource-blocked",
    when: "Azure has blocked the resource",
    says: [/support request/],
    setup: refusing("403-blocked"),
  },
  {
    named: "deployment: access-refused",
    when: "a gateway refuses without a reason",
    says: [/refused access/],
    setup: answering(answers(403, { message: "Forbidden" })),
  },
  {
    named: "deployment: deployment-unknown",
    when: "the deployment's name is wrong",
    says: [/no deployment "gpt-nowhere"/, /az cognitiveservices account deployment list/],
    setup: deployed("gpt-nowhere"),
  },
  {
    named: "deployment: path-unknown",
    when: "the endpoint has a path too many",
    says: [/does not know/],
    setup: refusing("404-path"),
  },
  {
    named: "deployment: web-page",
    when: "a Foundry project's address answers with a page",
    says: [/web page/, /Foundry project/],
    setup: refusing("404-html"),
  },
  {
    named: "deployment: web-page",
    when: "a hotel's login page answers",
    says: [/"Guest Wi-Fi"/, /sign in to the network/],
    setup: answering(answers(200, "<!doctype html><html><head><title>Guest Wi-Fi</title></head><body>Log in</body></html>")),
  },
  {
    named: "deployment: api-version-unsupported",
    when: "a dated api-version is not known on the path",
    says: [/api-version/],
    setup: refusing("400-api-version"),
  },
  {
    named: "deployment: redirected",
    when: "the endpoint redirects",
    says: [/login\.example/],
    setup: answering(answers(302, "", { location: "https://login.example/sso" })),
  },
  {
    named: "deployment: rate-limited",
    when: "the deployment is over its limit",
    says: [/rate limit/],
    setup: refusing("429-new"),
  },
  {
    named: "deployment: rate-limited",
    when: "a trial's daily quota is used up, which is a failure and no warning",
    says: [/86400 s/],
    setup: refusing("429-day"),
  },
  { named: "deployment: no-capacity", when: "the region has no capacity", says: [/capacity/], setup: refusing("429-capacity") },
  {
    named: "deployment: service-down",
    when: "the service answers 503",
    says: [/503/],
    setup: answering(answers(503, { error: { message: "busy" } })),
  },
  {
    named: "deployment: request-refused",
    when: "the service refuses the request for a reason of its own",
    says: [/policy of this gateway/],
    setup: answering(answers(400, { error: { code: "Nope", message: "Against the policy of this gateway." } })),
  },
  {
    named: "deployment: answer-unreadable",
    when: "a gateway empties the answers",
    says: [/nothing/],
    setup: answering(answers(200, "")),
  },
  {
    named: "deployment: key-refused",
    when: "the header of the key is named for another gateway",
    says: [/sent as "x-key"/, /azure\.keyHeader/],
    setup: async (stack) => {
      const { env } = stack.use(await emulated());
      return { env, config: { azure: { keyHeader: "x-key" } } };
    },
  },
  {
    named: "deployment: web-page",
    when: "a web application firewall refuses",
    says: [/Request Rejected/, /firewall/],
    setup: answering(answers(403, "<html><title>Request Rejected</title></html>")),
  },
  {
    named: "deployment: request-refused",
    when: "the model of the deployment is retired",
    says: [/retired \(410\)/, /Deploy a current model/],
    setup: answering(answers(410, { error: { code: "ModelDeprecated", message: "The model has been deprecated." } })),
  },
  {
    named: "deployment: answer-unreadable",
    when: "whole answers are cut on the way",
    says: [/breaks off after \d+ characters/],
    setup: answering(answers(200, '{"id":"resp_1","object":"resp', { "content-type": "application/json" })),
  },
  {
    named: "deployment: answer-unreadable",
    when: "a gateway answers 200 with an error",
    says: [/an error in place of a reply: no route/],
    setup: answering(answers(200, { error: { code: "gw", message: "no route" } })),
  },
  {
    named: "deployment: answer-unreadable",
    when: "a gateway answers 200 with other JSON",
    says: [/JSON that is no reply/],
    setup: answering(answers(200, { status: "ok" })),
  },
  {
    named: "deployment: no-answer",
    when: "the connection stands and nothing is said",
    says: [/does not answer a tiny question/],
    setup: async (stack) => ({ ...(await answering(() => {})(stack)), limits: { answerMs: 200 } }),
  },
  {
    named: "deployment: no-answer",
    when: "the connection is closed without a word",
    says: [/closes it without an answer/],
    setup: answering((request) => void request.socket.destroy()),
  },
  {
    named: "deployment: api-unsupported",
    when: "chat is asked of a model that serves Responses only",
    says: [/serves Responses/, /--api auto/],
    setup: deployed("responses-only", { LECTERN_API: "chat" }),
  },
  {
    named: "deployment: api-unsupported",
    when: "Responses is asked of a model that serves chat only",
    says: [/serves Chat Completions/, /--api auto/],
    setup: deployed("chat-only", { LECTERN_API: "responses" }),
  },
  {
    named: "deployment: deployment-cannot-chat",
    when: "the deployment is an embeddings model",
    says: [/text-embedding-3-large/, /deployment list/],
    setup: deployed("embeddings"),
  },
]);

const longWinded = () => ({ text: "one, two, three, four, five, six, seven, eight, nine, ten ".repeat(8) });

/** A gateway that passes plain answers on and changes streams. `whole` is a long answer, sent when the gateway pleases. */
const streamed =
  (change: (answer: Passed) => Passed | undefined, more: Partial<Setup> = {}) =>
  async (stack: AsyncDisposableStack): Promise<Setup> => {
    const { emulator, env } = stack.use(await emulated({ brain: longWinded }));
    const isStream = (body: string): boolean => body.includes('"stream":true');
    const handler = passesOn(emulator.url, (answer, asked) => (isStream(asked.body) ? change(answer) : answer));
    const gateway = stack.use(await serves(handler));
    return { ...more, env: { ...env, AZURE_OPENAI_ENDPOINT: gateway.url } };
  };

/** A clock that the gateway can turn on. */
function clock() {
  let ahead = 0;
  const turn = (ms: number): void => {
    ahead += ms;
  };
  return { turn, world: () => ({ now: () => Date.now() + ahead }) };
}

const buffering = clock();

testFaults([
  {
    named: "stream: stream-buffered",
    when: "a gateway holds the stream back to its end",
    says: [/in one go after 4\.\d s \(through contoso-gateway\)/, /buffer-response/],
    setup: streamed(
      (answer) => {
        buffering.turn(4_000);
        return { ...answer, headers: { ...answer.headers, via: "contoso-gateway" } };
      },
      { world: buffering.world },
    ),
  },
  {
    named: "stream: stream-cut",
    when: "a gateway cuts the stream",
    says: [/without its closing event/],
    setup: streamed((answer) => ({ ...answer, body: answer.body.slice(0, answer.body.length / 2) })),
  },
  {
    named: "stream: stream-stalls",
    when: "a gateway stops in the middle of the stream",
    says: [/nothing more comes/],
    setup: async (stack) => {
      const { env } = stack.use(
        await emulated({ brain: longWinded, config: { faults: [{ fault: { kind: "stall", amount: 9_000 }, at: [2] }] } }),
      );
      return { env, limits: { answerMs: 300 } };
    },
  },
  {
    named: "stream: stream-compressed",
    when: "a gateway compresses the stream unasked",
    says: [/gzip/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const plain = passesOn(emulator.url, (answer) => answer);
      const handler: Handler = (request, response, body) => {
        if (!body.includes('"stream":true')) return plain(request, response, body);
        response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
        response.end(gzipSync("data: {}\n\n"));
      };
      const gateway = stack.use(await serves(handler));
      return { env: { ...env, AZURE_OPENAI_ENDPOINT: gateway.url } };
    },
  },
  {
    named: "stream: not-streamed",
    when: "a gateway answers with one JSON body",
    says: [/whole JSON body/],
    setup: streamed(() => ({
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"id":"resp_1","object":"response","status":"completed","output":[]}',
    })),
  },
  {
    named: "stream: stream-lost",
    when: "a gateway refuses streams",
    says: [/same question unstreamed works/],
    setup: streamed(() => ({
      status: 502,
      headers: { "content-type": "text/html" },
      body: "<html><title>502 Bad Gateway</title></html>",
    })),
  },
  {
    named: "limits: limit-too-low",
    when: "the deployment may take 1,000 tokens a minute",
    says: [/1,000 tokens/, /--sku-capacity/],
    setup: async (stack) => {
      const { emulator, env } = stack.use(await emulated());
      const change = (answer: Passed): Passed => ({
        ...answer,
        headers: { ...answer.headers, "x-ratelimit-limit-tokens": "1000" },
      });
      const gateway = stack.use(await serves(passesOn(emulator.url, change)));
      return { env: { ...env, AZURE_OPENAI_ENDPOINT: gateway.url } };
    },
  },
  {
    named: "model: clock-wrong",
    when: "this machine's clock is an hour ahead",
    says: [/60 minutes ahead/],
    setup: async (stack) => {
      const ahead = clock();
      ahead.turn(3_600_000);
      const { env } = stack.use(await emulated());
      return { env, world: ahead.world };
    },
  },
]);
