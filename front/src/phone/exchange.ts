/** When the phone talks to the server: at the start, when the network is back, after each record, every few minutes, by hand. */

import { carry } from "../field/carry";
import { type Asking, fetchNew } from "../field/fetch";
import type { Carrier, Files } from "../field/files";
import type { Follows, Teller } from "../field/follows";
import type { Answer, Network } from "../field/kit";
import type { Outbox } from "../field/outbox";
import type { Leaflets } from "../field/pulled";
import type { Replica } from "../field/replica";
import { type Outcome, sync } from "../field/sync";
import type { Loop, Standing } from "./rooms";

const AGAIN = 5 * 60_000; // after a whole exchange
const SOON = 3_000; // after a record was saved
const FIRST_PAUSE = 20_000; // after one that failed; doubled each time
const LONGEST_PAUSE = 15 * 60_000;
const BETWEEN_DRAWINGS = 2_000;
const LAST = "exchanged"; // this device's time of the last whole exchange

export interface Server extends Network, Asking, Carrier, Teller {
  form(id: string, version: string): Promise<Response>;
  file(id: string, version: string, name: string): Promise<Response>;
  leaflets(): Promise<Answer>;
}

/** The server, asked with this phone's key. @throws when no whole answer came back. */
export function serverOf(token: string, language: string): Server {
  const headers = { Authorization: `Bearer ${token}` };
  const get = (path: string, asked: Record<string, string>) =>
    fetch(`/sync/${path}?${new URLSearchParams(asked)}`, { headers, credentials: "omit", cache: "no-store" });
  const post = (path: string, body: BodyInit, type: string) =>
    fetch(`/sync/${path}`, { method: "POST", body, headers: { ...headers, "Content-Type": type }, credentials: "omit", cache: "no-store" });
  const answer = async (response: Response): Promise<Answer> => ({ status: response.status, body: await response.text() });
  return {
    push: async (body) => answer(await post("push", body, "application/json")),
    pull: async (since) => answer(await get("pull", { since, lang: language })),
    leaflets: async () => answer(await get("leaflets", { lang: language })),
    held: async (entry, name) => answer(await get("file", { entry, name })),
    follows: async (ids) => {
      const asked = new URLSearchParams([...ids.map((id) => ["id", id]), ["lang", language]]);
      return answer(await fetch(`/sync/follows?${asked}`, { headers, credentials: "omit", cache: "no-store" }));
    },
    send: async ({ entry, name, size, sha256 }, from, bytes) => {
      const asked = new URLSearchParams({ entry, name, from: String(from), size: String(size), sha256 });
      return answer(await post(`file?${asked}`, bytes, "application/octet-stream"));
    },
    form: (id, version) => get("form", { id, version }),
    file: (id, version, name) => get("form_file", { id, version, name }),
  };
}

interface Kept {
  last(): Promise<number | null>;
  keepLast(at: number): Promise<void>;
  /** Looks whether the server holds everything that lies here, and if so writes it down. */
  clean(): Promise<void>;
}

export class Exchange implements Loop {
  standing: Standing;
  private readonly others: BroadcastChannel; // this worker's app in other windows; nothing of anybody is said there
  private readonly looks = new Set<(standing: Standing) => void>();
  private readonly arrivals = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running: Promise<void> | null = null;
  private failed = 0;
  private stopped = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly replica: Replica,
    private readonly files: Files,
    private readonly follows: Follows,
    private readonly server: Server,
    private readonly kept: Kept,
    private readonly worker: string, // one tab of this worker's at a time
  ) {
    this.others = new BroadcastChannel(`doorstep-phone-${worker}`);
    this.others.onmessage = () => void this.count().then(() => this.arrive());
    this.standing = { online: navigator.onLine, busy: false, unsent: 0, files: 0, last: null, first: false, trouble: "" };
  }

  async start(): Promise<void> {
    window.addEventListener("online", this.woken);
    window.addEventListener("offline", this.cut);
    await this.count();
    this.woken();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.woken);
    window.removeEventListener("offline", this.cut);
    if (this.timer !== null) clearTimeout(this.timer);
    this.others.close();
  }

  watch(look: (standing: Standing) => void): () => void {
    this.looks.add(look);
    look(this.standing);
    return () => void this.looks.delete(look);
  }

  arrived(look: () => void): () => void {
    this.arrivals.add(look);
    return () => void this.arrivals.delete(look);
  }

  saved(): void {
    void this.count();
    this.tellOthers();
    this.after(SOON);
  }

  now(): Promise<void> {
    this.running ??= this.exchange().finally(() => (this.running = null));
    return this.running;
  }

  private readonly woken = (): void => this.after(0);

  private readonly cut = (): void => this.tell({ online: false });

  private after(pause: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.now(), pause);
  }

  /** Records first, then what is new. Another tab that is at it already does it for this one too. */
  private async exchange(): Promise<void> {
    const mine = await navigator.locks.request(`doorstep-phone-${this.worker}`, { ifAvailable: true }, async (lock) => {
      if (!lock || this.stopped) return false;
      this.tell({ busy: true });
      const pushed = await sync(this.outbox, this.server);
      const cut = pushed.state === "later" && pushed.why === "no_network";
      const pulled = cut ? pushed : await this.pull();
      const carried = cut ? pushed : await carry(this.outbox, this.files, this.server);
      const followed = pulled.state === "done" ? await this.askWhatFollows() : pulled;
      await this.kept.clean();
      const ends = [pushed, pulled, carried, followed];
      await this.ended(ends.find((one) => one.state === "stopped") ?? ends.find((one) => one.state === "later") ?? pushed);
      return true;
    });
    await this.count();
    // another window, or this one before it was locked, may be at its last: what is unsent does not wait for minutes
    if (!mine) this.after(this.standing.unsent ? SOON : AGAIN);
    this.arrive();
    if (mine) this.tellOthers();
  }

  /** What lies on the disk is another now: windows beside this one read it again. */
  private tellOthers(): void {
    if (!this.stopped) this.others.postMessage("changed");
  }

  private arrive(): void {
    for (const look of this.arrivals) look();
  }

  private async pull(): Promise<Outcome> {
    let drawn = Date.now();
    let early = !this.standing.first; // a first pull fetches the forms of those who wait before everybody else
    const asking: Asking = {
      pull: async (since) => {
        if (since && !early) {
          early = true;
          await this.fetchForms(await this.replica.pressing());
          drawn = 0;
        }
        if (since && Date.now() - drawn > BETWEEN_DRAWINGS) {
          drawn = Date.now();
          this.arrive(); // those to be visited first are on the screen while the others still come
        }
        return this.server.pull(since);
      },
    };
    const outcome = await fetchNew(this.replica, asking, (marks) => this.outbox.erase(marks));
    const gone = await this.outbox.erased();
    await this.files.drop(gone);
    await this.outbox.seenTo(gone);
    if (outcome.state !== "done") return outcome;
    const fetched = await this.fetchForms();
    return fetched.state === "done" ? this.fetchLeaflets() : fetched;
  }

  /** Forms that are not here yet; of these forms alone, when some are named. */
  private async fetchForms(named?: readonly string[]): Promise<Outcome> {
    const missing = await this.replica.missing();
    for (const what of named ? named.flatMap((id) => missing.filter(({ form }) => form === id)) : missing) {
      const answer = await (what.file ? this.server.file(what.form, what.version, what.file) : this.server.form(what.form, what.version)).catch(() => null);
      if (!answer) return { state: "later", why: "no_network" };
      if (!answer.ok) return { state: "later", why: "server" };
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if ((await sha256(bytes)) === what.sha256) await this.replica.keep(what, bytes);
    }
    return { state: "done" };
  }

  private async fetchLeaflets(): Promise<Outcome> {
    const me = await this.replica.me();
    if (!me?.leaflets || (await this.replica.leaflets())) return { state: "done" };
    const answer = await this.server.leaflets().catch(() => null);
    if (!answer) return { state: "later", why: "no_network" };
    if (answer.status !== 200) return { state: "later", why: "server" };
    try {
      await this.replica.keepLeaflets(JSON.parse(answer.body) as Leaflets);
    } catch {
      return { state: "later", why: "not_whole" };
    }
    return { state: "done" };
  }

  /** Photos follow their records. */
  private async askWhatFollows(): Promise<Outcome> {
    try {
      return (await this.follows.ask(this.server)) ? { state: "done" } : { state: "later", why: "server" };
    } catch {
      return { state: "later", why: "no_network" };
    }
  }

  private async ended(outcome: Outcome): Promise<void> {
    const done = outcome.state === "done";
    this.failed = done ? 0 : this.failed + 1;
    if (done) await this.kept.keepLast(Date.now());
    const trouble = done ? "" : outcome.why === "unknown_phone" || outcome.why === "signed_out" || outcome.why === "no_network" ? outcome.why : "server";
    this.tell({ busy: false, online: trouble !== "no_network", trouble: trouble as Standing["trouble"] });
    const pause = done ? AGAIN : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (this.failed - 1));
    this.after(pause * (0.75 + Math.random() / 2));
  }

  private async count(): Promise<void> {
    const [unsent, last, heard, known] = await Promise.all([this.outbox.unsent(), this.kept.last(), this.replica.heard(), this.outbox.server()]);
    const files = await this.files.unsent(known?.epoch ?? -1);
    this.tell({ unsent: unsent.length, files: files.length, last, first: heard.now === 0 });
  }

  private tell(more: Partial<Standing>): void {
    this.standing = { ...this.standing, ...more };
    for (const look of this.looks) look(this.standing);
  }
}

export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export { LAST };
