import { expect, test } from "vitest";
import type { Check, Fault } from "../../src/app/doctor/check.ts";
import { backendFaults } from "../../src/app/doctor/checks/backends.ts";
import { azureChecks } from "../../src/app/doctor/checks/index.ts";
import { knowledge } from "../../src/app/doctor/checks/knowledge.ts";
import { serverFaults } from "../../src/app/doctor/checks/servers.ts";
import { commonFaults } from "../../src/app/doctor/run.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";

const servers: Pick<Check, "id" | "about" | "faults"> = {
  id: "server:NAME",
  about: "Each configured MCP server: whether it may be started, starts or is reached, agrees on a protocol and lists its tools.",
  faults: serverFaults,
};
const backends: typeof servers = {
  id: "backend:N",
  about:
    "Each further backend of the failover list, from 2: `endpoint`, `dns`, `connection`, `credential` and `deployment` as above, folded into a line. Questions are answered without it, so all of their faults are warnings here.",
  faults: backendFaults,
};
const sections = [...azureChecks, backends, servers, knowledge];

function row([id, { status, code, when }]: [string, Fault]): string {
  return `| \`${id}\` | ${status} | ${status === "fail" ? exitCodes[code] : 0} | ${when} |`;
}

function table(faults: Readonly<Record<string, Fault>>): string {
  return ["| id | status | exit | when |", "|---|---|---|---|", ...Object.entries(faults).map(row)].join("\n");
}

function page(): string {
  const checks = sections.map(({ id, about, faults }) => `## \`${id}\`\n\n${about}\n\n${table(faults)}`);
  return `${intro}\n\n${checks.join("\n\n")}\n\n## Any check\n\n${table(commonFaults)}\n`;
}

const intro = `# lectern doctor: every check and every fault

This page is generated from the code and held by a test (\`vitest run test/doctor/reference.test.ts -u\` writes it anew).

\`lectern doctor\` looks at everything between a question and its answer, in the order below, and prints a line a check: \`ok\`, \`warn\`,
\`fail\` or \`skip\`, what it saw, the milliseconds, and below what is wrong the command that mends it. The id of the fault stands in
brackets at the end of its cause: \`[role-missing]\`. A check that an earlier failure makes pointless is skipped and says why. Each
check takes at most 10 s, a whole run at most 20 s. It sends two tiny questions and one tool call to the deployment (no tool is run),
and starts the approved MCP servers for the time of the run.

- \`--json\` prints \`{"checks": [{"id", "status", "cause", "fix", "ms"}]}\`; \`fix\` is null where there is nothing to mend. A check that
  found several things has a line for each in both, in the same order.
- \`--wait\` looks again every 15 s, for up to 15 minutes, as long as only time can mend what fails: a role or a deployment on its way.
- \`--emulator\` runs the same checks against the embedded emulator: all of them are \`ok\` there.
- Exit code: 0 where nothing failed (warnings included), else that of the worst fault below: 3 before 4 before 5.
- No key, token, header or proxy password is ever printed. Tokens are read on this machine (\`aud\`, \`exp\`, \`oid\`, \`tid\`), not verified.`;

test("docs/reference/doctor.md lists every check and every fault", async () => {
  await expect(page()).toMatchFileSnapshot("../../docs/reference/doctor.md");
});

test("every fault has an id of its own", () => {
  const ids = sections.flatMap(({ faults }) => Object.keys(faults));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
