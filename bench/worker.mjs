// One measurement in a process of its own: node worker.mjs CONTENDER '{"mode":...}'. Prints one JSON line.
const [, , file, json] = process.argv;
const options = JSON.parse(json);
const cpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
const begin = performance.now();
const { open } = await import(file);
const contender = await open(options.cfg);
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const turn = async (conversation) => {
  const start = performance.now();
  let first;
  const { text } = await conversation.ask("What is our vacation policy?", () => {
    first ??= performance.now() - start;
  });
  if (!text.includes("policy.")) throw new Error(`wrong answer: ${text.slice(0, 80)}`);
  return { ms: performance.now() - start, first };
};
const result = {};
if (options.mode === "cold") {
  await turn(contender.conversation());
  Object.assign(result, { wallMs: performance.now() - begin, cpuMs: cpu() });
} else {
  for (let i = 0; i < 40; i++) await turn(contender.conversation());
  const before = cpu();
  const seen = [];
  const at = Array.from({ length: options.concurrency }, async () => {
    for (let i = 0; i < options.turns / options.concurrency; i++) seen.push(await turn(contender.conversation()));
  });
  await Promise.all(at);
  Object.assign(result, {
    cpuMs: (cpu() - before) / seen.length,
    p50Ms: median(seen.map((s) => s.ms)),
    firstMs: median(seen.map((s) => s.first)),
  });
}
await contender.close();
process.stdout.write(`${JSON.stringify({ ...result, rssMb: process.resourceUsage().maxRSS / 1024 })}\n`);
process.exit(0);
