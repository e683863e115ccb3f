/** Half-filled forms, kept sealed like everything else, until they are saved as records or begun anew. */

import { packed, unpacked } from "../field/files";
import type { Change, Disk } from "../field/kit";

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

/** A form as it stands: its record, and the photos that go with it. */
export interface Half {
  readonly xml: string;
  readonly files: readonly File[];
}

const DRAFT = "draft/";
const DRAFT_FILE = "draftfile/";
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

/** Photos of a half-filled form, by the names that stand in its answers. */
export async function draftFiles(disk: Disk, begun: Begun): Promise<File[]> {
  const rows = await disk.list(fileKey(begun, ""));
  return rows.map(([, text]) => {
    const { name, type, bytes } = JSON.parse(text) as { name: string; type: string; bytes: string };
    return new File([unpacked(bytes)], name, { type });
  });
}

/** What takes a draft away with all that belongs to it. */
export async function leaving(disk: Disk, begun: Begun): Promise<Change[]> {
  const files = await disk.list(fileKey(begun, ""));
  return [[draftKey(begun), null], ...files.map(([key]) => [key, null] as const)];
}

export async function throwAway(disk: Disk, begun: Begun): Promise<void> {
  await disk.write(await leaving(disk, begun));
}

function fileKey(begun: Begun, name: string): string {
  return `${DRAFT_FILE}${draftKey(begun).slice(DRAFT.length)}|${name}`;
}

/** Writes a form down a moment after each touch. Nothing is written any more once it is closed. */
export class DraftKeeper {
  private waiting: ReturnType<typeof setTimeout> | null = null;
  private record: (() => Promise<Half>) | null = null;
  private closed = false;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly disk: Disk,
    private readonly begun: Begun & { readonly version: string },
    private readonly now: () => number,
  ) {}

  touched(record: () => Promise<Half>): void {
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

  private async write(record: () => Promise<Half>): Promise<void> {
    if (this.closed) return;
    const { form, person, family, corrects, version } = this.begun;
    const { xml, files } = await record();
    const draft: Draft = { form, person, family, corrects, version, xml, at: this.now() };
    const changes: Change[] = [[draftKey(this.begun), JSON.stringify(draft)], ...(await this.fileChanges(files))];
    if (!this.closed) await this.disk.write(changes);
  }

  /** A photo is put down once: its name is never given twice in one record. */
  private async fileChanges(files: readonly File[]): Promise<Change[]> {
    const had = new Set((await this.disk.list(fileKey(this.begun, ""))).map(([key]) => key));
    const changes: Change[] = [];
    for (const file of files) {
      const key = fileKey(this.begun, file.name);
      if (had.delete(key)) continue;
      const bytes = packed(new Uint8Array(await file.arrayBuffer()));
      changes.push([key, JSON.stringify({ name: file.name, type: file.type, bytes })]);
    }
    return [...changes, ...[...had].map((key) => [key, null] as const)];
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
