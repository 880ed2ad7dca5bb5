/** Whether a text fits a pattern in which `*` stands for any characters. Takes time linear in text times stars, whatever the pattern. */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      // The last star takes one character more.
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/**
 * The servers that a rule without a server's name in front (`server/tool`, `server__tool`) speaks of all the same, because it begins as one of
 * their names does: `files*` and `files_read` where there is a server `files`. Whoever wrote it meant that server, and another one could call its
 * tools `files_…`. Empty for a rule that means a tool's name wherever it stands.
 */
export function serversMeant(pattern: string, servers: readonly string[]): readonly string[] {
  if (pattern.includes("/") || pattern.includes("__")) return [];
  const star = pattern.indexOf("*");
  const head = star < 0 ? pattern : pattern.slice(0, star);
  if (head === "") return [];
  return servers.filter(
    (name) =>
      (star >= 0 && `${name}__`.startsWith(head)) || (head.startsWith(name) && !/^[\p{L}\p{N}]/u.test(head.slice(name.length))),
  );
}
