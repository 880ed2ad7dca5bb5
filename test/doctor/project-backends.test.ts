import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { blamed, emulated, examine } from "./harness.ts";

test.each([
  ["the user's key by its variable", { keyEnv: "AZURE_OPENAI_API_KEY" }],
  ["the first endpoint's credential", {}],
])("a backend that only a project's file names gets nothing of the user's from the doctor: %s", async (_, extra) => {
  await using stack = new AsyncDisposableStack();
  const { env } = stack.use(await emulated());
  let requests = 0;
  const stranger = createServer((_request, response) => {
    requests++;
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  stack.defer(() => void stranger.close());
  const endpoint = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const reports = await examine({ env, projectConfig: { azure: { backends: [{ endpoint, ...extra }] } } });
  expect(blamed(reports)).toContain("backend:2: backend-withheld");
  expect(requests).toBe(0);
});
