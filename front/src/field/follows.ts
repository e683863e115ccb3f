/**
 * What follows from records of this phone, as the server told once it held them: advice, and how each dose counts.
 *
 * Asked for after a pull, of records in force that are about somebody; kept beside the record, and gone with it.
 */

import type { Answer, Change, Disk } from "./kit";
import type { Outbox } from "./outbox";
import { isHeld } from "./outbox";
import type { Words } from "./pulled";

export interface Advice {
  readonly level: "urgent" | "soon" | "info";
  readonly text: Words;
  readonly newcomer: boolean; // somebody is to be written down in her family
}

export interface Told {
  readonly id: string; // the record's instanceID
  readonly advice: readonly Advice[];
  readonly doses: readonly string[]; // in the language of the question
}

/** @throws when no whole answer came back. */
export interface Teller {
  follows(ids: readonly string[]): Promise<Answer>;
}

const FOLLOWS = "follows/";
const AT_ONCE = 40; // the server answers no more
const RECENT = 100; // of the latest records alone: after a long time offline the older ones have been followed up

export class Follows {
  constructor(
    private readonly disk: Disk,
    private readonly outbox: Outbox,
  ) {}

  async of(id: string): Promise<Told | null> {
    const text = await this.disk.read(FOLLOWS + id);
    return text === undefined ? null : (JSON.parse(text) as Told);
  }

  /** Ask for what is not known yet, and let go of what no record stands behind any more. Gives whether nothing stood in the way. */
  async ask(teller: Teller): Promise<boolean> {
    const known = await this.outbox.server();
    const items = await this.outbox.all();
    const kept = new Set(items.map(({ id }) => FOLLOWS + id));
    const had = (await this.disk.list(FOLLOWS)).map(([key]) => key);
    const old: Change[] = had.filter((key) => !kept.has(key)).map((key) => [key, null]);
    if (old.length) await this.disk.write(old);
    const wanted = items
      .filter((item) => item.about?.person && isHeld(item, known) && item.receipt?.result === "applied" && !had.includes(FOLLOWS + item.id))
      .slice(-RECENT);
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      if (!(await this.askFor(wanted.slice(at, at + AT_ONCE).map(({ id }) => id), teller))) return false;
    }
    return true;
  }

  private async askFor(ids: readonly string[], teller: Teller): Promise<boolean> {
    const answer = await teller.follows(ids);
    const told = answer.status === 200 ? read(answer.body) : null;
    if (!told) return false;
    await this.disk.write(told.filter(({ id }) => ids.includes(id)).map((one) => [FOLLOWS + one.id, JSON.stringify(one)] as const));
    return true;
  }
}

function read(body: string): readonly Told[] | null {
  try {
    const { told } = JSON.parse(body) as { told: readonly Told[] };
    return Array.isArray(told) && told.every((one) => Array.isArray(one.advice) && Array.isArray(one.doses)) ? told : null;
  } catch {
    return null; // cut on its way
  }
}
