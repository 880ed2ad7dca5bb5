import { resolve } from "node:path";
import type { Environment } from "./env.ts";
import { type Origin, parseSetting, settings } from "./settings.ts";

/** Values by dotted path while they are gathered, weakest first, with where each came from. */
export class Values {
  readonly values = new Map<string, unknown>();
  readonly origins = new Map<string, Origin>();
  readonly overridden = new Map<string, Origin[]>();

  set(path: string, value: unknown, origin: Origin): void {
    const before = this.origins.get(path);
    if (before) this.overridden.set(path, [...(this.overridden.get(path) ?? []), before]);
    this.values.set(path, value);
    this.origins.set(path, origin);
  }

  /** The settings below `name.`. */
  section(name: string): Record<string, unknown> {
    const entries = [...this.values].filter(([path]) => path.startsWith(`${name}.`));
    return Object.fromEntries(entries.map(([path, value]) => [path.slice(name.length + 1), value]));
  }
}

/** Takes over variables and flags. Throws `config` or `usage` naming the variable or flag. */
export function mergeEnvironment(
  { env, dotenvNames, cwd }: { readonly env: Environment; readonly dotenvNames: ReadonlySet<string>; readonly cwd: string },
  flags: Readonly<Record<string, string | boolean | undefined>>,
  into: Values,
): void {
  for (const setting of settings) {
    const fromEnv = setting.env === undefined ? undefined : env[setting.env];
    if (fromEnv !== undefined && fromEnv.trim() !== "") {
      const fromDotenv = dotenvNames.has(setting.env!);
      const origin: Origin = { kind: fromDotenv ? "dotenv" : "env", name: fromDotenv ? `${setting.env} (.env)` : setting.env! };
      const value = parseSetting(setting, fromEnv, origin);
      into.set(setting.path, setting.path === "azure.caFile" ? resolve(cwd, fromEnv) : value, origin);
    }
    const fromFlag = setting.flag === undefined ? undefined : flags[setting.flag];
    if (fromFlag !== undefined && fromFlag !== false) {
      const origin: Origin = { kind: "flag", name: `--${setting.flag}` };
      into.set(setting.path, fromFlag === true ? true : parseSetting(setting, fromFlag, origin), origin);
    }
  }
}
