/** What a name ends with whose value is a secret, written without dashes, underscores and case. */
const endings =
  /(?:apikey|accesskey|accountkey|privatekey|secretkey|subscriptionkey|functionskey|sharedkey|sharedaccesskey|sharedaccesssignature|connectionstring|secret|secretvalue|password|passwd|passphrase|pwd|authorization|credentials?|cookie|accesstoken|refreshtoken|idtoken|authtoken|bearertoken|sessiontoken|securitytoken|sastoken|identityheader)$/;
/** Secrets by their whole name in a header or a query, where these words name nothing else. */
const whole = /^(?:auth|code|key|sas|sig|signature|token|xkey|xtoken)$/;
/** Headers that tell whose resource it is or who calls. */
const owners = /^(?:openai-organization|openai-project|x-ms-client-principal.*|x-forwarded-.*)$/i;

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Whether a field of a body of this name holds a secret, whatever it looks like. */
export const isSecretField = (name: string): boolean => endings.test(plain(name));

/** The same for a parameter of a query. */
export const isSecretParameter = (name: string): boolean => isSecretField(name) || whole.test(plain(name));

/** The same for a header; `x-ratelimit-key` and its like count tokens and are none. */
export const isSecretHeader = (name: string): boolean =>
  owners.test(name) || (!/^x-ratelimit-/i.test(name) && isSecretParameter(name));
