/** What a document says about when it holds. Dates are ISO dates, inclusive. */
export interface Validity {
  readonly effectiveFrom: string | null;
  readonly effectiveUntil: string | null;
  /** Why the document itself says that it no longer holds; null where it does not. */
  readonly outdated: string | null;
  /** Title of the document that replaces it, where one in force does. */
  readonly supersededBy: { readonly title: string; readonly since: string | null } | null;
}

export interface Standing {
  readonly inForce: boolean;
  /** What a reader of a quote should know; undefined where nothing is said about dates. */
  readonly remark: string | undefined;
}

/** Whether a document holds on a day, and how to say so. */
export function standingOn(day: string, { effectiveFrom, effectiveUntil, outdated, supersededBy }: Validity): Standing {
  if (supersededBy !== null) {
    const since = supersededBy.since === null ? "" : ` since ${supersededBy.since}`;
    return { inForce: false, remark: `superseded by "${supersededBy.title}"${since}` };
  }
  if (effectiveUntil !== null && effectiveUntil < day) return { inForce: false, remark: `expired ${effectiveUntil}` };
  if (effectiveFrom !== null && effectiveFrom > day) return { inForce: false, remark: `not in force before ${effectiveFrom}` };
  if (outdated !== null) return { inForce: false, remark: outdated };
  const from = effectiveFrom === null ? "" : ` from ${effectiveFrom}`;
  const until = effectiveUntil === null ? "" : ` until ${effectiveUntil}`;
  return { inForce: true, remark: from || until ? `in force${from}${until}` : undefined };
}
