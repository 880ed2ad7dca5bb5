import { LecternError } from "../core/errors.ts";
import { serviceWords } from "./service-words.ts";

/** What a pin can name a backend by. */
export interface Pinnable {
  readonly name: string;
  readonly endpoint: { readonly host: string };
  readonly deployment: string;
}

/** How notices call a backend without a name of its own. */
export function usualName(deployment: string, host: string): string {
  return `${deployment} on ${host}`;
}

/** The backend that a pin means. Throws LecternError "config" where it is none of them, or more than one: a pin must not be a guess. */
export function pinned<T extends Pinnable>(all: readonly T[], pin: string): T {
  const ways: readonly ((backend: T) => string)[] = [
    ({ name }) => name,
    ({ endpoint }) => endpoint.host,
    ({ deployment }) => deployment,
  ];
  for (const way of ways) {
    const meant = all.filter((backend) => way(backend).toLowerCase() === pin.trim().toLowerCase());
    if (meant.length === 1) return meant[0]!;
  }
  throw new LecternError("config", `The pin "${serviceWords(pin)}" names no backend, or several`, {
    fix: `Pin one of these by its name, host or deployment: ${all.map(({ name }) => name).join(", ")}.`,
  });
}
