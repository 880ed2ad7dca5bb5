import type { Config, ConfigNotice } from "../config/config.ts";

/** Each OPENAI_* variable that people expect to matter, and what Lectern reads in its place. */
const instead: Readonly<Record<string, string | null>> = {
  OPENAI_BASE_URL: "AZURE_OPENAI_ENDPOINT",
  OPENAI_API_BASE: "AZURE_OPENAI_ENDPOINT",
  OPENAI_API_KEY: "AZURE_OPENAI_API_KEY",
  OPENAI_API_VERSION: "AZURE_OPENAI_API_VERSION",
  OPENAI_API_TYPE: null,
  OPENAI_ORG_ID: null,
  OPENAI_ORGANIZATION: null,
  OPENAI_PROJECT_ID: null,
};

/** What stands in the environment for the openai package, and which variables Lectern would read in its place and are not set. */
export function strayOpenaiVariables({ env }: Pick<Config, "env">): {
  readonly names: readonly string[];
  readonly missing: readonly string[];
} {
  const names = Object.keys(instead).filter((name) => env[name]?.trim());
  const meant = names.map((name) => instead[name]).filter((name): name is string => name != null);
  return { names, missing: [...new Set(meant)].filter((name) => !env[name]?.trim()) };
}

/**
 * Says which OPENAI_* variables would have led a question elsewhere. Only where they contradict what is in force: a key for OpenAI itself,
 * beside one for Azure, is many people's everyday environment.
 */
export function openaiNotices(config: Pick<Config, "azure" | "env">): readonly ConfigNotice[] {
  const { names } = strayOpenaiVariables(config);
  const { azure } = config;
  const used: Readonly<Record<string, string>> = {
    OPENAI_BASE_URL: `the endpoint in use is ${azure.baseUrl ?? azure.endpoint}`,
    OPENAI_API_BASE: `the endpoint in use is ${azure.baseUrl ?? azure.endpoint}`,
    OPENAI_API_VERSION: `the api-version in use is ${azure.apiVersion ?? "v1"}`,
    ...(azure.apiKey ? {} : { OPENAI_API_KEY: "an Azure identity is used, since AZURE_OPENAI_API_KEY is not set" }),
  };
  return names.flatMap((name) =>
    used[name] === undefined
      ? []
      : [{ code: "openai_variable_ignored", message: `${name} is set and Lectern does not read it: ${used[name]}.` }],
  );
}
