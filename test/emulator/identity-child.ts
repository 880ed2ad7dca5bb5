// Gets a token with the real @azure/identity, in a process of its own: MSAL caches tokens per process. Prints one JSON line.
import {
  ClientSecretCredential,
  DefaultAzureCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";

const [kind = "", scope = "https://ai.azure.com/.default", tenantId = "", clientId = "", secret = ""] = process.argv.slice(2);

function credential() {
  switch (kind) {
    case "default":
      return new DefaultAzureCredential();
    case "managed":
      return clientId === "" ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
    case "secret":
      return new ClientSecretCredential(tenantId, clientId, secret, { disableInstanceDiscovery: true });
    default:
      return new WorkloadIdentityCredential({ disableInstanceDiscovery: true });
  }
}

try {
  const { token, expiresOnTimestamp } = await credential().getToken(scope);
  process.stdout.write(`${JSON.stringify({ token, expiresOnTimestamp })}\n`);
} catch (thrown) {
  process.stdout.write(`${JSON.stringify({ error: thrown instanceof Error ? thrown.message : String(thrown) })}\n`);
}
