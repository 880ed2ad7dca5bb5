import type { Answer } from "../http.ts";
import { renderRefusal } from "../refusals/table.ts";
import type { Fault } from "./catalogue.ts";

const html = (status: number, title: string): Answer => ({
  status,
  headers: { "content-type": "text/html" },
  body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n`,
});

const serviceError = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ error: { code, message } }),
});

const internal = "The server had an error while processing your request. Sorry about that!";

/** Answers given in place of the model's: what gateways and broken services say. Undefined for faults of another sort. */
export function serviceFault(fault: Fault): Answer | undefined {
  if (fault.kind === "refusal") return renderRefusal(fault.id, {});
  switch (fault.kind) {
    case "html-502":
      return html(502, "502 Bad Gateway");
    case "html-200":
      return html(200, "Welcome");
    case "json-for-sse":
      return { status: 200, headers: { "content-type": "application/json" }, body: '{"status":"ok"}' };
    case "408":
      return serviceError(408, "Timeout", "The operation was timeout.");
    case "500":
      return serviceError(500, "InternalServerError", internal);
    case "502":
      return { status: 502, headers: { "content-type": "text/plain" }, body: "" };
    case "503":
      return serviceError(
        503,
        "ServiceUnavailable",
        "The service is temporarily unable to process your request. Please try again later.",
      );
    case "504":
      return serviceError(504, "GatewayTimeout", "The gateway did not receive a response from the upstream service in time.");
    case "429": {
      const seconds = fault.amount ?? 22;
      return renderRefusal("429-tokens-classic", { seconds, milliseconds: seconds * 1000 });
    }
    default:
      return undefined;
  }
}
