/** What a page that works without a network gives the form component instead of addresses. */

import type { FormConfig } from "./config";
import type { FormNode } from "./model";
import type { Attachments, Payload } from "./runner";
import type { Outcome } from "./sender";

export interface Supply {
  readonly language: string;
  readonly attachments: Attachments;
  readonly prefill: Readonly<Record<string, string>>;
  readonly fixed: readonly string[];
  readonly counter: string;
  /** A record to begin with: one to correct, or one that was half filled. */
  readonly record: { readonly xml: string; readonly as: "correction" | "draft"; readonly files: readonly File[] } | null;
  /** The form's XML. Refused when it is not here. */
  xml(): Promise<string>;
  /** Something was written; `record` gives it as it stands now. */
  wrote(record: () => Promise<Payload>): void;
  /** Save the finished record. Kept with `accepted` only once it is durable; never throws. */
  keep(payload: Payload, nodes: readonly FormNode[]): Promise<Outcome>;
}

const FIVE_MEGABYTES = 5 * 1024 * 1024;

export function configOf({ language, attachments, prefill, fixed, counter }: Supply): FormConfig {
  return {
    formXmlUrl: "", submitUrl: "", csrfToken: "", signInUrl: "", edit: null, language, attachments, prefill, fixed, counter,
    maxAttachmentBytes: FIVE_MEGABYTES,
  };
}
