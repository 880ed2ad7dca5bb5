export type { Access, AuthOptions } from "./auth/open-auth.ts";
export { createInProcessTransport, type InProcessOptions, type InProcessTransport } from "./in-process.ts";
export type {
  InputRequest,
  InputRequired,
  Offer,
  OfferChange,
  OfferedCallContext,
  OfferedContents,
  OfferedPrompt,
  OfferedResources,
  OfferedResult,
  OfferedTool,
} from "./offer.ts";
export { type HttpOptions, type HttpServing, type ServeToolsOptions, serveTools } from "./serve-tools.ts";
export { type ServeStdioOptions, type StdioServing, serveStdio } from "./stdio.ts";
