import { LecternError } from "../core/errors.ts";

const prod = ["environmentcredential", "workloadidentitycredential", "managedidentitycredential"];
const dev = ["visualstudiocodecredential", "azureclicredential", "azurepowershellcredential", "azuredeveloperclicredential"];

/** Names that `only` may have, in lower case; the same ones as AZURE_TOKEN_CREDENTIALS takes. */
export const entraNames: readonly string[] = ["prod", "dev", ...prod, ...dev];

/** The credentials a name stands for, in the order in which they are tried. */
export function credentialsOf(only: string): readonly string[] {
  const name = only.trim().toLowerCase();
  return name === "prod" ? prod : name === "dev" ? dev : [name];
}

/** An error for a token that did not come in time: a metadata endpoint that swallows packets takes minutes to fail by itself. */
export function tokenTimeout(ms: number): LecternError {
  return new LecternError("auth", `No access token within ${ms / 1000} s.`, {
    fix: "Name the credential to use (AZURE_TOKEN_CREDENTIALS=prod in Azure, =AzureCliCredential on a developer's machine), check the way to login.microsoftonline.com, or set AZURE_OPENAI_API_KEY.",
  });
}
