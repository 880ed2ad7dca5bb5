/** Name of the knowledge server that Lectern starts by itself. */
export const knowledgeServerName = "knowledge";
/** Name of the server that holds the tools given to `createLectern` in code. */
export const customServerName = "tools";
/** Under this name the host offers tools of its own: reading on in a long result. */
const hostServerName = "lectern";
/** Servers that are part of Lectern: their tools run unasked and change with its version, and no configured server may pass for them. */
export const ownServers: readonly string[] = [knowledgeServerName, customServerName, hostServerName];
