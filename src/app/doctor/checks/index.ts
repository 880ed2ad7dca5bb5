import type { Config } from "../../../config/config.ts";
import type { Check } from "../check.ts";
import { backendCheck } from "./backends.ts";
import { configuration } from "./configuration.ts";
import { connection } from "./connection.ts";
import { credential } from "./credential.ts";
import { deployment } from "./deployment.ts";
import { dns } from "./dns.ts";
import { endpoint } from "./endpoint.ts";
import { environment } from "./environment.ts";
import { knowledge } from "./knowledge.ts";
import { limits } from "./limits.ts";
import { model } from "./model.ts";
import { serverCheck } from "./servers.ts";
import { stream } from "./stream.ts";
import { tools } from "./tools.ts";

/** Every check in the order of the report; one line here for a new one. Further backends and MCP servers have one each, between these and `knowledge`. */
export const azureChecks: readonly Check[] = [
  configuration,
  environment,
  endpoint,
  dns,
  connection,
  credential,
  deployment,
  tools,
  stream,
  limits,
  model,
];

/** The checks of one configuration. */
export function checksFor(config: Config): readonly Check[] {
  const backends = config.emulator ? [] : (config.azure.backends ?? []);
  return [...azureChecks, ...backends.map(backendCheck), ...config.servers.map(serverCheck), knowledge];
}
