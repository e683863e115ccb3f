/**
 * What the pages of the phone stand on once it is unlocked. `boot.ts` makes it, `router.ts` is given it:
 *
 *     const stop = startPages(document.querySelector("main"), rooms);   // stop() takes the pages down when it locks
 */

import type { Follows } from "../field/follows";
import type { Clock, Disk } from "../field/kit";
import type { Outbox } from "../field/outbox";
import type { Pulled } from "../field/pulled";

export interface Rooms {
  readonly disk: Disk; // sealed; of this worker alone
  readonly outbox: Outbox; // add() is kept: saved. add() is refused: not saved, so the form stays open (sayNotSaved)
  readonly replica: Receiver; // what openReplica(disk) gave
  readonly photos: Photos;
  readonly follows: Pick<Follows, "of">; // what the server said to a record
  readonly loop: Loop;
  readonly lock: Lock;
  readonly room: Room;
  readonly clock: Clock;
  readonly language: string; // of this page: "zh" or "en"
  setLanguage(language: string): void; // kept, and the pages start anew
}

/** What was pulled, as the loop writes and the pages read it (field/replica.ts). */
export interface Receiver {
  /** What to ask the next pull with; "" when nothing was pulled yet. */
  since(): Promise<string>;
  /** One page of a pull, whole or not at all, with its `since`. */
  apply(pulled: Pulled): Promise<void>;
  /** Forms and their files that may be filled here and are not here yet. Asked for after every pull. */
  missing(): Promise<readonly Missing[]>;
  /** One of them came; its SHA-256 is what was promised. */
  keep(what: Missing, bytes: Uint8Array): Promise<void>;
  /** Take away all that was pulled, nothing of the outbox: this phone was signed out from afar. */
  forget(): Promise<void>;
}

/** A form's XML (`file` is ""), or one of its files. */
export interface Missing {
  readonly form: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

/** Photos of a record: kept before the record itself is, sent after it. */
export interface Photos {
  /** Drawn anew without what the camera wrote into it, made small. @throws NotAPicture */
  tidy(picture: Blob): Promise<Blob>;
  /** Durable once the promise is kept. `entry` is the record's instanceID. */
  add(entry: string, name: string, file: Blob): Promise<void>;
  get(entry: string, name: string): Promise<Blob | null>;
  names(entry: string): Promise<readonly string[]>;
}

/** How the phone stands with the server; what the line at the top says. */
export interface Standing {
  readonly online: boolean;
  readonly busy: boolean;
  readonly unsent: number; // records
  readonly files: number; // photos not yet sent
  readonly last: number | null; // this device's time of the last whole exchange
  readonly first: boolean; // nothing was pulled yet, or the first pull is still under way
  readonly trouble: "" | "no_network" | "server" | "unknown_phone" | "signed_out";
}

export interface Loop {
  readonly standing: Standing;
  /** Called now and after each change. Gives what ends it. */
  watch(look: (standing: Standing) => void): () => void;
  /** To be called after a record was saved: it is sent soon. */
  saved(): void;
  /** By hand. Kept when this exchange is over. */
  now(): Promise<void>;
  /** After each pull that brought something: pages draw anew. Gives what ends it. */
  arrived(look: () => void): () => void;
}

export interface Lock {
  /** Lock now. What `before` gave is waited for first (a draft is written down), for two seconds at most. */
  now(): Promise<void>;
  /** A neutral page at once, then locked. */
  hide(): Promise<void>;
  before(last: () => Promise<void>): () => void;
  /** @throws WrongPin */
  change(old: string, fresh: string): Promise<void>;
  readonly minutes: number;
  setMinutes(minutes: number): Promise<void>;
}

/** Space on the device. */
export interface Room {
  /** Whether the browser promised not to throw this store away. */
  persisted(): Promise<boolean>;
  /** Too little is left to begin a form: said before it is begun. */
  tight(): Promise<boolean>;
}
