/** Whatever a terminal would act on or not show: controls, format and bidi characters, odd spaces, private use, tags, variation selectors. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** A foreign text with every control or invisible character written out as `\u{...}`. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** A secret in the query of an address, behind what the first group matches; no variable. */
export const secretParameter = /([?&][\w-]*(?:key|token|sig|secret|password|code)=)(?!\$\{)[^&#]+/gi;

/** Text with nothing left of the password and the keys that people paste into addresses: before the host, in the query, behind the `#`. */
export const withoutAddressSecrets = (text: string): string =>
  text
    .replace(/^([a-z][\w+.-]*:\/\/)[^/@?#]*@/i, "$1…@")
    .replace(secretParameter, "$1…")
    .replace(/^(https?:[^#]*#).+$/is, "$1…");

/** A flag behind which, or behind whose `=`, a secret stands. */
export const secretFlag =
  /^--?(?:[\w-]*[_-])?(?:(?:api|auth|access|client)[-_]?(?:key|token|secret)|key|token|secret|password|pat|credentials?)$/i;

/** A command's arguments, with `...` for what stands behind a flag for secrets. */
export const withoutSecretArguments = (args: readonly string[]): string[] =>
  args.map((arg, i) => {
    const [flag = "", value] = arg.split("=", 2);
    if (value !== undefined && secretFlag.test(flag)) return value.startsWith("${") ? arg : `${flag}=...`;
    return secretFlag.test(args[i - 1] ?? "") && !arg.startsWith("${") ? "..." : withoutAddressSecrets(arg);
  });
