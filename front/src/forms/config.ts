/** What the page tells the form component, as JSON inside `<doorstep-form>`. */

import type { Attachments } from "./runner";

export interface FormConfig {
  readonly formXmlUrl: string;
  readonly submitUrl: string;
  readonly csrfToken: string;
  readonly language: string;
  readonly attachments: Attachments;
  readonly prefill: Readonly<Record<string, string>>;
  readonly fixed: readonly string[]; // questions given by the page: shown, not changed
  readonly edit: { readonly instanceXmlUrl: string; readonly files: Readonly<Record<string, string>> } | null;
  readonly counter: string;
  readonly maxAttachmentBytes: number;
  readonly signInUrl: string;
}

const FIVE_MEGABYTES = 5 * 1024 * 1024;

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)]));
}

/** @throws Error naming the key that is missing */
export function readConfig(json: string): FormConfig {
  const raw = JSON.parse(json) as Record<string, unknown>;
  for (const key of ["formXmlUrl", "submitUrl"]) if (!text(raw[key])) throw new Error(`doorstep-form: no ${key}`);
  const edit = raw["edit"] as Record<string, unknown> | null | undefined;
  return {
    formXmlUrl: text(raw["formXmlUrl"]),
    submitUrl: text(raw["submitUrl"]),
    csrfToken: text(raw["csrfToken"]),
    language: text(raw["language"]) || "zh",
    attachments: texts(raw["attachments"]),
    prefill: texts(raw["prefill"]),
    fixed: Array.isArray(raw["fixed"]) ? raw["fixed"].map(text) : [],
    edit: edit ? { instanceXmlUrl: text(edit["instanceXml"]), files: texts(edit["files"]) } : null,
    counter: text(raw["counter"]),
    maxAttachmentBytes: Number(raw["maxAttachmentBytes"]) || FIVE_MEGABYTES,
    signInUrl: text(raw["signInUrl"]),
  };
}
