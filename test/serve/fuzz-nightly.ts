// A hundred thousand tries of each property of the JSON-RPC front: node test/serve/fuzz-nightly.ts
// A failure prints its seed and the smallest input that shows it.
import { properties } from "../support/serve-properties.ts";

for (const [title, check] of Object.entries(properties)) {
  const started = performance.now();
  await check(100_000);
  process.stdout.write(`held 100,000 times in ${((performance.now() - started) / 1000).toFixed(0)} s: ${title}\n`);
}
