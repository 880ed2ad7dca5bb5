import type { JsonObject } from "../../core/json.ts";
import type { Seeded } from "../seeded.ts";
import { pieces } from "../tokens.ts";

/** Tokens that any text might have gone on with. */
const others = `the a and of to in is it that for on with as at by this from or an be are`.split(" ").map((word) => ` ${word}`);

const round = (value: number): number => Math.round(value * 1e7) / 1e7;

function entry(token: string, logprob: number): JsonObject {
  return { bytes: [...Buffer.from(token)], logprob, token };
}

/**
 * Log probabilities of the tokens of a text, keys in the order of Azure's chat bodies. There is no model: the figures are drawn from
 * the seed, the token said is always the likeliest. `alternatives`: how many of the likeliest tokens are told for each place.
 */
export function logprobsOf(text: string, alternatives: number, random: Seeded): JsonObject[] {
  return pieces(text).map((token) => {
    const likeliest = round(-0.2 * random.next());
    const told = [token, ...others.filter((other) => other !== token)].slice(0, alternatives);
    let logprob = likeliest;
    const top = told.map((each, index) => {
      if (index > 0) logprob = round(logprob - 0.5 - 2 * random.next());
      return entry(each, logprob);
    });
    return { ...entry(token, likeliest), top_logprobs: top };
  });
}
