import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { lecternFolder } from "./folder.ts";

interface Check {
  readonly id: string;
  readonly status: string;
  readonly cause: string;
  readonly fix: string | null;
}

/** The doctor with the real identity library on a host with a managed identity, in a process of its own: the library reads the real environment. */
async function onHost(roles: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<readonly Check[]> {
  await using emulator = await startEmulator({ config: { identity: { principals: [{ kind: "system", roles }] } } });
  const { managedEndpoint, managedHeader } = emulator.identity!;
  const folder = lecternFolder({ config: { azure: { trustedHosts: ["127.0.0.1"] } } });
  const args = ["doctor", "--json", "--config", folder.configFile, "--endpoint", emulator.url, "--deployment", "default"];
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], {
    env: { ...folder.env, IDENTITY_ENDPOINT: managedEndpoint, IDENTITY_HEADER: managedHeader, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return (JSON.parse(await text(child.stdout)) as { checks: Check[] }).checks;
}

const unwell = (checks: readonly Check[]) => checks.filter(({ status }) => status === "warn" || status === "fail");

describe.concurrent("with a managed identity", () => {
  test("a healthy one is seen as what it is: which credential, for whom, whose, until when", async () => {
    const checks = await onHost(["Cognitive Services OpenAI User"]);
    expect(unwell(checks)).toEqual([]);
    expect(checks.find(({ id }) => id === "credential")!.cause).toMatch(
      /^token from ManagedIdentityCredential in \d+ ms: aud https:\/\/ai\.azure\.com, oid [0-9a-f-]{36}, tenant [0-9a-f-]{36}, ends in (59|60) min\.$/,
    );
  });

  test("one that owns the resource but has no role on it is told the role and the command", async () => {
    const [finding, ...others] = unwell(await onHost(["Owner"]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: "deployment", status: "fail", cause: expect.stringContaining("[role-missing]") });
    expect(finding!.fix).toMatch(
      /az role assignment create --assignee-object-id [0-9a-f-]{36} --role "Cognitive Services OpenAI User"/,
    );
  });

  test("AZURE_CLIENT_ID of another identity is named as what stands in the way", async () => {
    const [finding, ...others] = unwell(
      await onHost(["Azure AI User"], { AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555" }),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      id: "credential",
      status: "fail",
      cause: expect.stringContaining("[client-id-not-assigned]"),
    });
    expect(finding!.fix).toContain("unset AZURE_CLIENT_ID");
  });
});
