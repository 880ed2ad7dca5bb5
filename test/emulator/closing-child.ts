// Closes an emulator that is in the middle of everything, in a process of its own: what it left open would keep the process alive.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { startEmulator } from "../../src/emulator/index.ts";

const emulator = await startEmulator({ key: "k", config: { identity: {} }, script: () => ({ text: "word ".repeat(50_000) }) });
const body = JSON.stringify({ model: "classic", input: "hi", stream: true });

async function open(fault: string, sent = body): Promise<Socket> {
  const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1");
  // The emulator's end of it is destroyed.
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const head = ["POST /openai/v1/responses HTTP/1.1", "host: localhost", "api-key: k", "content-type: application/json"];
  const asked = fault === "" ? [] : [`x-emulate-fault: ${fault}`];
  socket.write(`${[...head, ...asked, `content-length: ${body.length}`].join("\r\n")}\r\n\r\n${sent}`);
  return socket;
}

for (const fault of ["", "slow:3600000", "stall", "slow-first-token:3600000"]) {
  const socket = await open(fault);
  await once(socket, "readable");
}
await open("", body.slice(0, 10));
await Promise.all([emulator.close(), emulator.close()]);
process.stdout.write("closed");
