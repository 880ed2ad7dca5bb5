import { counted } from "../../../core/counted.ts";
import type { Check, Finding, Verdict } from "../check.ts";
import { fails, finder, warns } from "../check.ts";

const faults = {
  "settings-invalid": fails("config", "A flag, a variable or a configuration file holds a value that cannot be used."),
  "settings-missing": fails("config", "Endpoint or deployment is not set, and the emulator was not asked for."),
  "settings-ignored": warns("config", "A setting, a variable of `.env` or a server definition is left out, and why."),
  "cache-not-writable": warns(
    "config",
    "The cache folder cannot be written, so indexes and what was learned are lost with each run.",
  ),
};
export const found = finder(faults);

/** What was configured. A configuration that could not even be read is told before the checks run. */
export const configuration: Check = {
  id: "configuration",
  about: "Flags, environment, `.env` and configuration files: readable, and complete enough to ask anything.",
  faults,
  needs: [],
  run({ config, world }): Verdict {
    const { azure, emulator } = config;
    const missing = [
      ...(azure.endpoint || azure.baseUrl ? [] : ["AZURE_OPENAI_ENDPOINT"]),
      ...(azure.deployment || /\/deployments\/[^/]/.test(azure.endpoint ?? "") ? [] : ["AZURE_OPENAI_DEPLOYMENT_NAME"]),
    ];
    if (missing.length > 0) {
      const cause = `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set.`;
      const them = missing.length === 1 ? "it" : "them";
      const fix = `lectern init asks for ${them} and tries each answer; or set ${them} in the environment, in .env or in lectern.config.json (endpoint: https://<resource>.openai.azure.com); or add --emulator to try Lectern with no account.`;
      return { findings: [found("settings-missing", { cause, fix })] };
    }
    const sources = config.sources.length;
    const servers = config.servers.length;
    const what = `${counted(sources, "knowledge source")}, ${counted(servers, "MCP server")}`;
    const note = `${emulator ? "the emulator" : "Azure OpenAI"}, ${what}.`;
    const findings = [
      ...config.notices.map(({ message }) => found("settings-ignored", { cause: message, fix: ignoredFix })),
      ...(world.canWrite(config.cacheDir) ? [] : [notWritable(config.cacheDir)]),
    ];
    return findings.length > 0 ? { findings, note } : { note };
  },
};

const ignoredFix = "lectern config --show-origin shows what is in force and where it comes from.";

function notWritable(folder: string): Finding {
  const cause = `The cache folder ${folder} cannot be written.`;
  return found("cache-not-writable", { cause, fix: "Make it writable, or name another: LECTERN_CACHE_DIR." });
}
