import type { ConfigNotice, ServerConfig } from "./config.ts";
import type { Layer } from "./layers.ts";
import { type OriginKind, trustOf } from "./settings.ts";

export interface PickedServers {
  readonly servers: readonly ServerConfig[];
  readonly notices: readonly ConfigNotice[];
}

/**
 * One server a name: the most trusted file wins, so that a project cannot put its own in place of the user's; among files of the project its
 * `lectern.config.json` does. What a file switches off stays off for weaker ones.
 */
export function pickServers(layers: readonly Layer[]): PickedServers {
  const strongestFirst = layers.toReversed().sort((a, b) => rank(b.kind) - rank(a.kind));
  const taken = new Map<string, ServerConfig | "disabled">();
  const notices: ConfigNotice[] = [];
  for (const layer of strongestFirst) {
    notices.push(...layer.notices);
    for (const server of layer.servers) {
      const other = taken.get(server.name);
      if (other === undefined) taken.set(server.name, server);
      else if (other !== "disabled" && !isSame(server, other)) {
        const message = `${server.origin.name} is not used: another server has the name ${server.name} (${other.origin.name}).`;
        notices.push({ code: "server_name_taken", message });
      }
    }
    for (const name of layer.disabled) if (!taken.has(name)) taken.set(name, "disabled");
  }
  return { servers: [...taken.values()].filter((server) => server !== "disabled"), notices };
}

const rank = (kind: OriginKind): number => (kind === "flag" ? 4 : trustOf[kind]);

/** People keep the same server in the files of several programs. */
function isSame(a: ServerConfig, b: ServerConfig): boolean {
  const whatRuns = ({ command, args, env, url, headers }: ServerConfig): string =>
    JSON.stringify([command, args, env, url, headers]);
  return a.origin.kind === b.origin.kind && whatRuns(a) === whatRuns(b);
}
