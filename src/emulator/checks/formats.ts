import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { Refused } from "../refusals/table.ts";
import { checkStrictSchema } from "./schemas.ts";
import { checkOneOf, checkText, missing } from "./types.ts";

/** A schema to be kept to, and where it stands. */
interface Named {
  readonly param: string;
  readonly holder: JsonObject;
  /** What a refusal of the schema calls the parameter. */
  readonly schemaParam: string;
}

function checkNamed({ param, holder, schemaParam }: Named): void {
  checkText(`${param}.name`, holder.name);
  if (!isJsonObject(holder.schema)) missing(`${param}.schema`);
  if (holder.strict === true) {
    checkStrictSchema(holder.schema, {
      facts: { function: String(holder.name), param: schemaParam },
      properties: "400-format-schema-properties",
      required: "400-format-schema-required",
    });
  }
}

/** The response format of Chat Completions. Throws Refused. */
export function checkResponseFormat(body: JsonObject): void {
  const format = body.response_format;
  if (!isJsonObject(format)) return;
  const param = "response_format";
  if (format.type === undefined) missing(`${param}.type`);
  checkOneOf(`${param}.type`, format.type, ["json_object", "json_schema", "text"]);
  if (format.type === "json_object" && !speaksOfJson(body.messages)) throw new Refused("400-json-mode-word");
  if (format.type !== "json_schema") return;
  if (!isJsonObject(format.json_schema)) missing(`${param}.json_schema`);
  checkNamed({ param: `${param}.json_schema`, holder: format.json_schema, schemaParam: param });
}

/** The text format of Responses. Throws Refused. */
export function checkTextFormat(body: JsonObject): void {
  const format = isJsonObject(body.text) ? body.text.format : undefined;
  if (!isJsonObject(format)) return;
  const param = "text.format";
  if (format.type === undefined) missing(`${param}.type`);
  checkOneOf(`${param}.type`, format.type, ["json_object", "text", "json_schema"]);
  const alone = body.previous_response_id == null && body.conversation == null && body.prompt == null;
  if (format.type === "json_object" && alone && !speaksOfJson(body.input)) throw new Refused("400-json-mode-word-responses");
  if (format.type === "json_schema") checkNamed({ param, holder: format, schemaParam: "text.format.schema" });
}

const speaksOfJson = (asked: Json | undefined): boolean => /json/i.test(JSON.stringify(asked ?? null));
