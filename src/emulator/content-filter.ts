const severity = { filtered: false, severity: "safe" } as const;
const detection = { detected: false, filtered: false } as const;

/** Filter results of a harmless prompt, keys in Azure's order. Source: recordings of 2026. */
export const safePrompt = {
  hate: severity,
  jailbreak: detection,
  self_harm: severity,
  sexual: severity,
  violence: severity,
} as const;

/** Filter results of a harmless completion. */
export const safeCompletion = {
  hate: severity,
  protected_material_code: detection,
  protected_material_text: detection,
  self_harm: severity,
  sexual: severity,
  violence: severity,
} as const;
