import type { Check, Verdict } from "../check.ts";
import { finder, warns } from "../check.ts";
import type { Answer } from "../probe.ts";

const faults = {
  "limit-too-low": warns(
    "rate_limited",
    "The deployment's tokens per minute are fewer than one question with its sources takes.",
  ),
};
const found = finder(faults);

/** Tokens that a question with six passages, instructions and tools takes, twice round: below that each question waits. */
const tokensOfAQuestion = 8_000;

/** What the rate headers of the first reply say. */
export const limits: Check = {
  id: "limits",
  about:
    "The rate limits that the reply's headers tell, against what a question takes. Remaining figures below 0 are ignored: Azure sends them.",
  faults,
  needs: ["deployment"],
  run({ facts }): Verdict {
    if (facts.answered === undefined) return { skip: "deployment gave no reply" };
    const { answer } = facts.answered;
    const tokens = figure(answer, "x-ratelimit-limit-tokens");
    const requests = figure(answer, "x-ratelimit-limit-requests");
    if (tokens === undefined && requests === undefined) return { note: "the reply tells no limits." };
    const told = [
      ...(tokens === undefined ? [] : [`${tokens.toLocaleString("en-US")} tokens a minute`]),
      ...(requests === undefined ? [] : [`${requests.toLocaleString("en-US")} requests ${periodOfRequests(answer)}`]),
    ];
    const note = `${told.join(", ")}.`;
    if (tokens === undefined || tokens >= tokensOfAQuestion) return { note };
    const cause = `The deployment's limit of ${tokens.toLocaleString("en-US")} tokens a minute is less than one question with its sources takes (about ${tokensOfAQuestion.toLocaleString("en-US")}).`;
    const name = facts.target!.deployment;
    const fix = `Raise the deployment's capacity (1 is 1,000 tokens a minute): az cognitiveservices account deployment create -n ${facts.target!.endpoint.resource ?? "<resource>"} -g <resource-group> --deployment-name ${name} --sku-capacity 50 … (all other values as they are), or in the portal under Deployments.`;
    return { findings: [found("limit-too-low", { cause, fix })] };
  },
};

/** Azure's older front end names no period, and counts the requests of 10 seconds: https://learn.microsoft.com/answers/questions/2156987, read 2026-11. */
function periodOfRequests({ headers }: Answer): string {
  const isOlder = headers["x-ratelimit-renewalperiod-requests"] === undefined && headers["apim-request-id"] !== undefined;
  return isOlder ? "in 10 s" : "a minute";
}

function figure({ headers }: Answer, name: string): number | undefined {
  const value = Number(headers[name]);
  return headers[name] === undefined || !Number.isFinite(value) || value <= 0 ? undefined : value;
}
