/** `1 document`, `2 documents`: for things whose plural only adds an s. */
export const counted = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`;
