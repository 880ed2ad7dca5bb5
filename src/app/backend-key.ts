import type { BackendConfig, Config } from "../config/config.ts";
import { trustOf } from "../config/settings.ts";
import { LecternError } from "../core/errors.ts";

/**
 * The key a further backend names for itself; undefined where it uses the first endpoint's credential. Throws `config` where the variable is
 * not set, and where a project's file names a variable of the user's: a project does not get the user's keys.
 */
export function backendKey(config: Config, { endpoint, keyEnv }: BackendConfig): string | undefined {
  if (keyEnv === undefined) return undefined;
  const key = config.env[keyEnv]?.trim();
  if (!key) {
    throw new LecternError("config", `The backend ${endpoint} takes its key from ${keyEnv}, which is not set.`, {
      fix: `Set ${keyEnv}, or remove keyEnv to use the first endpoint's credential.`,
    });
  }
  const origin = config.origins.get("azure.backends");
  if (origin && trustOf[origin.kind] < 3 && !config.dotenvNames.has(keyEnv)) {
    throw new LecternError(
      "config",
      `${origin.name} names a variable of yours, ${keyEnv}, as the key of ${endpoint}: a project's file does not get your keys.`,
      {
        fix: "Name the backend in your own configuration file or by --config.",
      },
    );
  }
  return key;
}
