/**
 * The phone's disk, sealed: every row is AES-GCM under one data key, with a fresh IV for each write and the row's own name bound
 * to it, so that rows cannot be exchanged. A row's name tells the kind alone ("people/"), the rest of its key is a keyed hash.
 */

import type { Change, Disk } from "./kit";

/** Named rows of bytes, as IndexedDB keeps them. `write` is whole or not at all, and durable once its promise is kept. */
export interface Rows {
  read(name: string): Promise<Uint8Array | undefined>;
  list(prefix: string): Promise<readonly (readonly [name: string, bytes: Uint8Array])[]>;
  /** `unsent`: something is put down that the server may not hold. */
  write(changes: readonly (readonly [name: string, bytes: Uint8Array | null])[], unsent: boolean): Promise<void>;
}

/** A row that was not sealed by this key under this name. */
export class Broken extends Error {}

const IV = 12;
const UNSENT = ["outbox/", "draft/", "draftfile/", "files/"];
const text = new TextEncoder();

export class SealedDisk implements Disk {
  private last: Promise<unknown> = Promise.resolve(); // writes go down in the order in which they were asked for

  private constructor(
    private readonly rows: Rows,
    private readonly seal: CryptoKey,
    private readonly naming: CryptoKey,
  ) {}

  /** @param secret 32 bytes, known to nobody but this worker's unlocked app */
  static async open(rows: Rows, secret: Uint8Array): Promise<SealedDisk> {
    const whole = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveKey"]);
    const from = (info: string) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: text.encode(info) });
    const seal = await crypto.subtle.deriveKey(from("rows"), whole, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const naming = await crypto.subtle.deriveKey(from("names"), whole, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
    return new SealedDisk(rows, seal, naming);
  }

  async read(key: string): Promise<string | undefined> {
    const name = await this.nameOf(key);
    const sealed = await this.rows.read(name);
    return sealed === undefined ? undefined : (await this.unseal(name, sealed))[1];
  }

  async list(prefix: string): Promise<readonly (readonly [string, string])[]> {
    const rows = await this.rows.list(folderOf(prefix));
    const opened = await Promise.all(rows.map(([name, sealed]) => this.unseal(name, sealed)));
    return opened.filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  write(changes: readonly Change[]): Promise<void> {
    const turn = this.last.catch(() => undefined).then(() => this.put(changes));
    this.last = turn;
    return turn;
  }

  private async put(changes: readonly Change[]): Promise<void> {
    const sealed = changes.map(async ([key, value]) => {
      const name = await this.nameOf(key);
      return [name, value === null ? null : await this.sealUp(name, key, value)] as const;
    });
    const unsent = changes.some(([key, value]) => value !== null && UNSENT.some((head) => key.startsWith(head)));
    await this.rows.write(await Promise.all(sealed), unsent);
  }

  private async nameOf(key: string): Promise<string> {
    const hash = new Uint8Array(await crypto.subtle.sign("HMAC", this.naming, text.encode(key)));
    return folderOf(key) + [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  private async sealUp(name: string, key: string, value: string): Promise<Uint8Array> {
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    const plain = text.encode(JSON.stringify([key, value]));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text.encode(name) }, this.seal, plain);
    const whole = new Uint8Array(IV + sealed.byteLength);
    whole.set(iv);
    whole.set(new Uint8Array(sealed), IV);
    return whole;
  }

  private async unseal(name: string, sealed: Uint8Array): Promise<[string, string]> {
    try {
      const how = { name: "AES-GCM", iv: bytes(sealed.subarray(0, IV)), additionalData: text.encode(name) };
      const plain = await crypto.subtle.decrypt(how, this.seal, bytes(sealed.subarray(IV)));
      return JSON.parse(new TextDecoder().decode(plain)) as [string, string];
    } catch {
      throw new Broken(name);
    }
  }
}

/** The kind of a row, readable to anybody: 'outbox/' of 'outbox/uuid:…', '' of 'me'. */
function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/** A copy of its own, as the browser's functions want it. */
function bytes(from: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(from);
}
