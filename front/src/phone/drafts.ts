/** Half-filled forms, kept sealed like everything else, until they are saved as records or begun anew. */

import type { Disk } from "../field/kit";

export interface Begun {
  readonly form: string;
  readonly person: string;
  readonly family: string;
  readonly corrects: string; // instanceID of a record of this phone
}

export interface Draft extends Begun {
  readonly version: string;
  readonly xml: string;
  readonly at: number; // by this device's clock
}

const DRAFT = "draft/";
const PAUSE = 800; // after the last touch

export function draftKey({ form, person, family, corrects }: Begun): string {
  return DRAFT + [form, person, family, corrects].join("|");
}

export async function draftOf(disk: Disk, begun: Begun): Promise<Draft | null> {
  const text = await disk.read(draftKey(begun));
  return text === undefined ? null : (JSON.parse(text) as Draft);
}

/** The latest first. */
export async function drafts(disk: Disk): Promise<Draft[]> {
  return (await disk.list(DRAFT)).map(([, text]) => JSON.parse(text) as Draft).sort((a, b) => b.at - a.at);
}

export async function throwAway(disk: Disk, begun: Begun): Promise<void> {
  await disk.write([[draftKey(begun), null]]);
}

/** Writes a form down a moment after each touch. Nothing is written any more once it is closed. */
export class DraftKeeper {
  private waiting: ReturnType<typeof setTimeout> | null = null;
  private record: (() => Promise<string>) | null = null;
  private closed = false;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly disk: Disk,
    private readonly begun: Begun & { readonly version: string },
    private readonly now: () => number,
  ) {}

  touched(record: () => Promise<string>): void {
    this.record = record;
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.flush(), PAUSE);
  }

  /** Write down at once what was not yet. A disk that is full loses no more than the draft: the form itself stays open. */
  flush(): Promise<void> {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
    const { record } = this;
    this.record = null;
    if (record) this.last = this.last.then(() => this.write(record)).catch((error: unknown) => console.warn("draft not kept", error));
    return this.last;
  }

  private async write(record: () => Promise<string>): Promise<void> {
    if (this.closed) return;
    const { form, person, family, corrects, version } = this.begun;
    const xml = await record();
    const draft: Draft = { form, person, family, corrects, version, xml, at: this.now() };
    if (!this.closed) await this.disk.write([[draftKey(this.begun), JSON.stringify(draft)]]);
  }

  /** Kept when nothing more of it is on its way to the disk. */
  async close(): Promise<void> {
    this.closed = true;
    this.record = null;
    if (this.waiting !== null) clearTimeout(this.waiting);
    await this.last;
  }

  reopen(): void {
    this.closed = false;
  }
}
