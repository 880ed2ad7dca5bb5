import { LecternError } from "../../core/errors.ts";
import type { Command } from "../command.ts";

export const emulate: Command = {
  name: "emulate",
  summary: "Run the Azure OpenAI emulator for your own programs.",
  usage: "[FLAGS]",
  examples: [
    ["lectern emulate --port 8787", "Then point any Azure OpenAI client at the printed url and key."],
    ["lectern emulate --script rules.json", "Say what the model answers."],
    [
      'lectern emulate --record tape.json --upstream "https://<resource>.openai.azure.com"',
      "Write a redacted cassette of a real endpoint.",
    ],
  ],
  options: [
    { name: "port", type: "string", value: "N", summary: "Port; default: a free one." },
    { name: "host", type: "string", value: "H", summary: "Address to listen on; default 127.0.0.1." },
    { name: "config", type: "string", value: "FILE", summary: "Deployments, limits, faults (docs/guide/emulator.md)." },
    { name: "seed", type: "string", value: "N", summary: "Same seed and request, same bytes; default 1." },
    { name: "script", type: "string", value: "FILE", summary: "Rules that say what the model answers." },
    {
      name: "record",
      type: "string",
      value: "FILE",
      summary: "With --upstream: pass requests on and write a redacted cassette.",
    },
    { name: "upstream", type: "string", value: "URL", summary: "The real endpoint to record." },
    { name: "replay", type: "string", value: "FILE", summary: "Answer from a cassette." },
    {
      name: "brain",
      type: "string",
      value: "B",
      summary:
        "extractive (default): quotes what tools return; obedient: follows every instruction it reads, for injection tests.",
    },
    {
      name: "strict",
      type: "string",
      value: "S",
      summary: "sourced (default): refuses what Azure is known to refuse; all: also what is only guessed.",
    },
  ],
  async run(args, io) {
    const whole = (name: string): number | undefined => {
      const text = args.string(name);
      if (text === undefined) return undefined;
      if (!/^\d{1,9}$/.test(text))
        throw new LecternError("usage", `--${name} is "${text}"; it must be a whole number.`, {
          fix: `Leave --${name} out for its default.`,
        });
      return Number(text);
    };
    const { openEmulator } = await import("../../app/emulator.ts");
    await using emulator = await openEmulator({
      port: whole("port"),
      seed: whole("seed"),
      host: args.string("host"),
      brain: args.string("brain"),
      strict: args.string("strict"),
      config: args.string("config"),
      script: args.string("script"),
      record: args.string("record"),
      upstream: args.string("upstream"),
      replay: args.string("replay"),
      cwd: io.cwd,
    });
    io.stderr.write(`${JSON.stringify({ ready: true, url: emulator.url, key: emulator.key })}\n`);
    if (io.stderr.isTTY)
      io.stderr.write(
        `Try it in another terminal; Ctrl-C ends this one:\n  export AZURE_OPENAI_ENDPOINT=${emulator.url} AZURE_OPENAI_API_KEY=${emulator.key} AZURE_OPENAI_DEPLOYMENT_NAME=default\n`,
      );
    io.signal.throwIfAborted();
    await new Promise<void>((resolve) => io.signal.addEventListener("abort", () => resolve(), { once: true }));
    return 0;
  },
};
