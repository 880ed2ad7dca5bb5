import { guessed, type Refusal, recorded, reported } from "./refusal.ts";

const deploymentMissing =
  "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.";

/** What the front door refuses before any model is asked: keys, tokens, networks, paths. */
export const gatewayRefusals = [
  {
    id: "401-key-wrong",
    status: 401,
    when: "The key is missing, wrong, or that of another resource.",
    trigger: "`api-key` or bearer is not the emulator's key",
    evidence: recorded("real responses of March and August 2026"),
    body: {
      error: {
        code: "401",
        message:
          "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
      },
    },
  },
  {
    id: "401-token-bad-audience-or-missing",
    status: 401,
    when: "The Entra token is wrong, expired or for another audience, or a key was sent as bearer to a dated path. There is no `error` wrapper.",
    trigger: "a bearer that looks like a token (or any bearer on a dated path) and does not pass",
    evidence: reported("https://github.com/run-llama/llama_index/issues/12484"),
    body: {
      statusCode: 401,
      message:
        "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
    },
  },
  {
    id: "401-role-missing-short",
    status: 401,
    when: "The token is valid but its principal has no role on the resource (older text; it is a 401, not a 403).",
    trigger: "by name",
    evidence: reported("https://github.com/microsoft/semantic-kernel/issues/10020"),
    body: { error: { code: "PermissionDenied", message: "Principal does not have access to API/Operation." } },
  },
  {
    id: "401-role-missing-long",
    status: 401,
    when: "The token is valid but its principal lacks the data action (newer text).",
    trigger: "a token of an identity whose roles do not hold the data action of the path",
    evidence: reported("https://github.com/davrous/AzureAgentToM365/issues/3"),
    body: {
      error: {
        code: "PermissionDenied",
        message: "The principal `{principal}` lacks the required data action `{action}` to perform `{operation}` operation.",
      },
    },
    example: {
      principal: "00000000-0000-0000-0000-000000000000",
      action: "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
      operation: "POST /openai/deployments/{deployment-id}/chat/completions",
    },
  },
  {
    id: "401-role-missing-foundry",
    status: 401,
    when: "The same on a Foundry project's path, whose data action only roles such as Azure AI User hold.",
    trigger: "a token of an identity without such a role on /api/projects/<name>/openai/",
    evidence: reported("https://github.com/microsoft-foundry/foundry-samples/issues/692"),
    body: {
      error: {
        code: "PermissionDenied",
        message:
          "The principal `{principal}` lacks the required data action `Microsoft.CognitiveServices/accounts/AIServices/agents/write` to perform `{operation}` operation. For instructions on granting the necessary permissions, see https://aka.ms/FoundryPermissions.",
      },
    },
    example: { principal: "00000000-0000-0000-0000-000000000000", operation: "POST /api/projects/{projectName}/openai/*" },
  },
  {
    id: "403-vnet-firewall",
    status: 403,
    when: "The caller's network is not allowed.",
    trigger: '`network: "firewall"`',
    evidence: reported("https://github.com/Azure-Samples/azure-sql-db-chatbot/issues/3"),
    headers: { "policy-id": "ThrowExceptionDueToTrafficDenied" },
    body: { error: { code: "403", message: "Access denied due to Virtual Network/Firewall rules." } },
  },
  {
    id: "403-vnet-wrong-endpoint",
    status: 403,
    when: "The regional endpoint is used while a virtual network is configured.",
    trigger: '`network: "virtual_network"`',
    evidence: reported("https://github.com/continuedev/continue/issues/12547 (wrapper assumed)"),
    body: {
      error: {
        code: "403",
        message:
          "A Virtual Network is configured for this resource. Please use the correct endpoint for making requests. Check https://aka.ms/cogsvc-vnet for more details.",
      },
    },
  },
  {
    id: "403-public-access-disabled",
    status: 403,
    when: "The resource takes calls only through its private endpoint; often DNS does not give the private address.",
    trigger: '`network: "private"`',
    evidence: reported("https://github.com/TabularEditor/TabularEditor3/issues/1557 (code and wrapper assumed)"),
    body: { error: { code: "403", message: "Public access is disabled. Please configure private endpoint." } },
  },
  {
    id: "403-blocked",
    status: 403,
    when: "Abuse monitoring has suspended the resource.",
    trigger: '`network: "blocked"`',
    evidence: reported("https://learn.microsoft.com/en-us/answers/questions/5901823/"),
    body: {
      error: {
        code: "Forbidden",
        message: "Your resource has been temporarily blocked because we detected unusual behavior.",
      },
    },
  },
  {
    id: "404-deployment-classic",
    status: 404,
    when: "No deployment has the name (older text, without `type`).",
    trigger: "by name",
    evidence: reported("https://github.com/assafelovic/gpt-researcher/issues/980"),
    body: { error: { code: "DeploymentNotFound", message: deploymentMissing } },
  },
  {
    id: "404-deployment-now",
    status: 404,
    when: "No deployment has the name given in the path or as `model`.",
    trigger: "a name that is not configured",
    evidence: recorded("real responses of March and September 2026"),
    headers: { "x-ms-region": "{region}" },
    body: { error: { type: "invalid_request_error", code: "DeploymentNotFound", message: deploymentMissing } },
    example: { region: "East US 2" },
  },
  {
    id: "404-path",
    status: 404,
    when: "The path is unknown, holds /openai twice, or the api-version is missing, unknown or too old for it.",
    trigger: "any path or api-version that is not in the emulator's list",
    evidence: reported(
      "https://github.com/openai/openai-node/issues/1607, https://github.com/MicrosoftDocs/azure-docs/issues/114602",
    ),
    body: { error: { code: "404", message: "Resource not found" } },
  },
  {
    id: "404-html",
    status: 404,
    when: "A Foundry project endpoint was pasted as the resource's endpoint.",
    trigger: "a path that begins with /api/projects/ and goes on with an unknown operation",
    evidence: reported("https://github.com/microsoft/agent-framework/issues/1985"),
    body: '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>Not Found</TITLE>\r\n<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n<BODY><h2>Not Found</h2>\r\n<hr><p>HTTP Error 404. The requested resource is not found.</p>\r\n</BODY></HTML>\r\n',
  },
  {
    id: "404-response",
    status: 404,
    when: "A stored response is asked for by an id that does not exist.",
    trigger: "GET or DELETE of an unknown response",
    evidence: guessed("wording of the OpenAI API; always on, since nothing else can be answered"),
    body: {
      error: { message: "Response with id '{id}' not found.", type: "invalid_request_error", param: null, code: null },
    },
    example: { id: "resp_0" },
  },
  {
    id: "400-api-version",
    status: 400,
    when: "A dated api-version is given on a /openai/v1/ path.",
    trigger: "`api-version` on v1 other than `v1`, `preview` or `latest`",
    evidence: reported("https://github.com/openai/codex/issues/3725"),
    body: { error: { code: "BadRequest", message: "API version not supported" } },
  },
  {
    id: "400-api-version-missing",
    status: 400,
    when: "A path that needs an api-version has none (seen on some Foundry endpoints in place of the 404).",
    trigger: "by name",
    evidence: reported("https://github.com/MicrosoftLearning/mslearn-ai-vision/issues/79"),
    body: { error: { code: "BadRequest", message: "Missing required query parameter: api-version" } },
  },
] as const satisfies readonly Refusal[];
