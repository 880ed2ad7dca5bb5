import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { LecternError } from "../core/errors.ts";
import { matchesGlob } from "../core/glob.ts";
import { isInside } from "./dotenv.ts";
import type { Layer } from "./layers.ts";
import { visible } from "./visible.ts";

/**
 * The patterns of a project's `allow`, narrowed to the project's own servers: a repository must not decide which tools of the user's servers
 * run unasked. A pattern is a glob over `server/tool`, `server__tool`, or a bare tool name.
 */
export function narrowToServers(patterns: readonly string[], servers: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const slash = pattern.indexOf("/");
    if (slash >= 0) {
      return servers
        .filter((name) => matchesGlob(pattern.slice(0, slash), name))
        .map((name) => `${name}/${pattern.slice(slash + 1)}`);
    }
    const named = servers.find((name) => pattern.startsWith(`${name}__`));
    if (named !== undefined) return [`${named}/${pattern.slice(named.length + 2)}`];
    return servers.map((name) => `${name}/${pattern}`);
  });
}

/** For a shell, whatever the text holds: people copy what a fix says. */
const quoted = (text: string): string => `'${visible(text).replaceAll("'", "'\\''")}'`;

/**
 * Checks that a source which a project file names lies in the project, links followed: a repository must not have the user's other files read
 * and sent to a model. Throws `config` with the way to say that it is meant.
 */
export function checkProjectSource(written: string, layer: Layer): void {
  const folder = dirname(layer.path);
  const path = resolve(folder, written);
  const real = existsSync(path) ? realpathSync(path) : path;
  if (isInside(real, realpathSync(folder)) || isInside(real, folder)) return;
  const where = visible(real);
  throw new LecternError(
    "config",
    `${layer.shown} names the source "${visible(written)}", which is ${where === visible(written) ? "" : `${where}, `}outside the project: a project may not have your other files read.`,
    {
      fix: `If you want it, name it yourself: --source ${quoted(real)}; or trust the whole file: --config ${layer.shown}.`,
    },
  );
}
