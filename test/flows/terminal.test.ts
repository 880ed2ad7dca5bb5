import { expect, test } from "vitest";
import { startEmulator } from "../../src/emulator/index.ts";
import { lectern } from "../support/cli.ts";

test("terminal escapes, hidden and direction-changing characters of the model never reach the terminal", async () => {
  const hostile = "Safe \u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp\u{e0041} end";
  await using emulator = await startEmulator({ script: [{ when: { lastUser: /hello/ }, reply: { text: hostile } }] });
  const env = {
    AZURE_OPENAI_ENDPOINT: emulator.url,
    AZURE_OPENAI_DEPLOYMENT_NAME: "default",
    AZURE_OPENAI_API_KEY: emulator.key,
  };
  const { stdout, stderr } = await lectern(["ask", "--no-tools", "hello"], { env });
  expect(stdout).toMatch(/Safe [\s\S]* end/);
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u{e0000}-\u{e007f}]/u);
});
