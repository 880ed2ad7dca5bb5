// A server made with FastMCP, an implementation that shares no code with ours. stdio, or HTTP with a port as argument.
import { FastMCP } from "fastmcp";
import { z } from "zod";

const server = new FastMCP({ name: "shop", version: "1.0.0", instructions: "Ask for prices." });
server.addTool({
  name: "price",
  description: "Tells the price of a thing",
  parameters: z.object({ thing: z.string() }),
  annotations: { readOnlyHint: true },
  execute: async ({ thing }) => `${thing}: 12 euros`,
});
server.addTool({
  name: "fail",
  description: "Fails",
  execute: async () => {
    throw new Error("out of stock");
  },
});
server.addTool({
  name: "count",
  description: "Counts to three and reports progress",
  execute: async (_args, { reportProgress }) => {
    for (let progress = 1; progress <= 3; progress++) {
      await reportProgress({ progress, total: 3 });
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    return "three";
  },
});
const port = Number(process.argv[2]);
await server.start(port > 0 ? { transportType: "httpStream", httpStream: { port, host: "127.0.0.1" } } : { transportType: "stdio" });
