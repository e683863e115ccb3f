/**
 * Who may open the sealed disk: the worker with the PIN or words, on this device.
 *
 * The data key is random. It is wrapped by a key worked out from the PIN (PBKDF2, slow on purpose), and that once more by a key
 * of this browser that cannot be taken out of it: a copied store alone cannot be tried out elsewhere. A wrong PIN is counted
 * before it is tried, and after three each further try waits longer. After ten the store is wiped, but only when nothing
 * unsent lies in it; else it goes on waiting.
 */

export const SHORTEST_PIN = 6;
export const ROUNDS = 600_000;
export const WIPED_AFTER = 10;
const FREE_TRIES = 3;
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 3_600_000;

/** What is kept unsealed beside the rows: nothing of it says anything about a person. */
export interface Lid {
  readonly salt: string;
  readonly rounds: number;
  readonly wrapped: string;
  readonly wrong: number; // tries in a row
  readonly until: number; // by this device's clock: no try before
}

/** Where the lid lies and the browser's own key. */
export interface Hinge {
  lid(): Promise<Lid | null>;
  putLid(lid: Lid): Promise<void>;
  device(): Promise<CryptoKey>;
  /** Records that the server does not hold, as last known. */
  unsent(): Promise<number>;
  wipe(): Promise<void>;
}

export class WrongPin extends Error {
  override readonly name = "WrongPin";
}

export class TooSoon extends Error {
  override readonly name = "TooSoon";
  constructor(readonly until: number) {
    super();
  }
}

export class Wiped extends Error {
  override readonly name = "Wiped";
}

export class ShortPin extends Error {
  override readonly name = "ShortPin";
}

/** Make a data key and close it with a PIN. Gives the key. */
export async function seal(hinge: Hinge, pin: string): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  await close(hinge, secret, pin);
  return secret;
}

/** Open with a PIN. @throws WrongPin, TooSoon, Wiped */
export async function open(hinge: Hinge, pin: string, now: number): Promise<Uint8Array> {
  const lid = await hinge.lid();
  if (!lid) throw new Wiped();
  // A clock that was set back by more than the longest wait is not waited for: it would be for ever.
  if (now < lid.until && lid.until - now <= LONGEST_WAIT) throw new TooSoon(lid.until);
  const wrong = lid.wrong + 1;
  await hinge.putLid({ ...lid, wrong, until: wrong < FREE_TRIES ? 0 : now + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - FREE_TRIES)) });
  try {
    const secret = await unwrap(hinge, lid, pin);
    await hinge.putLid({ ...lid, wrong: 0, until: 0 });
    return secret;
  } catch {
    if (wrong >= WIPED_AFTER && (await hinge.unsent()) === 0) {
      await hinge.wipe();
      throw new Wiped();
    }
    throw new WrongPin();
  }
}

/** Another PIN for the same data key. @throws what `open` throws, ShortPin */
export async function change(hinge: Hinge, old: string, fresh: string, now: number): Promise<void> {
  if ([...fresh].length < SHORTEST_PIN) throw new ShortPin();
  await close(hinge, await open(hinge, old, now), fresh);
}

async function close(hinge: Hinge, secret: Uint8Array, pin: string): Promise<void> {
  if ([...pin].length < SHORTEST_PIN) throw new ShortPin();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const byPin = await encrypt(await keyOf(pin, salt, ROUNDS), secret);
  const wrapped = await encrypt(await hinge.device(), byPin);
  await hinge.putLid({ salt: toText(salt), rounds: ROUNDS, wrapped: toText(wrapped), wrong: 0, until: 0 });
}

async function unwrap(hinge: Hinge, lid: Lid, pin: string): Promise<Uint8Array> {
  const byPin = await decrypt(await hinge.device(), fromText(lid.wrapped));
  return decrypt(await keyOf(pin, fromText(lid.salt), lid.rounds), byPin);
}

async function keyOf(pin: string, salt: Uint8Array, rounds: number): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(salt), iterations: rounds };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

async function encrypt(key: CryptoKey, plain: Uint8Array): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new Uint8Array(plain)));
  return new Uint8Array([...iv, ...sealed]);
}

async function decrypt(key: CryptoKey, sealed: Uint8Array): Promise<Uint8Array> {
  const iv = new Uint8Array(sealed.subarray(0, 12));
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, new Uint8Array(sealed.subarray(12))));
}

function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromText(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
