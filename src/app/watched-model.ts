import type { Model, ModelRequest } from "../core/model.ts";

/** The same model; `onRequest` sees each request before it is sent. Retries inside the model are one request. */
export function watched(model: Model, onRequest: (request: ModelRequest) => void): Model {
  return {
    limits: model.limits,
    describe: () => model.describe(),
    stream(request, options) {
      onRequest(request);
      return model.stream(request, options);
    },
  };
}
