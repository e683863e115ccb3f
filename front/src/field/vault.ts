/**
 * Who may open the sealed disk: the worker with the PIN or words, on this device.
 *
 * The data key is random. It is wrapped by a key worked out from the PIN (PBKDF2, slow on purpose), and that once more by a key
 * of this browser that cannot be taken out of it: a copied store alone cannot be tried out elsewhere. A wrong PIN is counted
 * before it is tried, and after three each further try waits longer. After ten the store is wiped, but only when nothing
 * unsent can lie in it; else it stays shut until the desk helps: the data key is also wrapped by a code the desk keeps and this
 * phone does not, so that a forgotten PIN costs no record either (docs/decisions/0032-phone-store.md).
 */

export const SHORTEST_PIN = 6;
export const ROUNDS = 600_000;
export const WIPED_AFTER = 10;
const FREE_TRIES = 3;
const FIRST_WAIT = 10_000;
const LONGEST_WAIT = 3_600_000;
const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"; // none that look alike
const EVEN = 240; // bytes below it give every letter equally often
const CODE_LENGTH = 24;

/** What is kept unsealed beside the rows: nothing of it says anything about a person. */
export interface Lid {
  readonly salt: string;
  readonly rounds: number;
  readonly wrapped: string;
  readonly helped: string; // the data key under the desk's code
  readonly wrong: number; // tries in a row
  readonly until: number; // by this device's clock: no try before
}

/** Where the lid lies and the browser's own key. */
export interface Hinge {
  lid(): Promise<Lid | null>;
  putLid(lid: Lid): Promise<void>;
  device(): Promise<CryptoKey>;
  /** Whether anything may lie here that the server does not hold. */
  mayHoldUnsent(): Promise<boolean>;
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

/** Ten wrong PINs while something may be unsent: only the desk's code opens it now. */
export class NeedsHelp extends Error {
  override readonly name = "NeedsHelp";
}

export class WrongCode extends Error {
  override readonly name = "WrongCode";
}

export class ShortPin extends Error {
  override readonly name = "ShortPin";
}

/** Make a data key, close it with a PIN and, beside it, with the desk's code. Gives the key. @throws ShortPin */
export async function seal(hinge: Hinge, pin: string, code: string): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  await close(hinge, secret, pin, await underCode(secret, code));
  return secret;
}

/** Open with a PIN. @throws WrongPin, TooSoon, Wiped, NeedsHelp */
export async function open(hinge: Hinge, pin: string, now: number): Promise<Uint8Array> {
  const lid = await hinge.lid();
  if (!lid) throw new Wiped();
  if (lid.wrong >= WIPED_AFTER) await tooMany(hinge);
  // A clock that was set back by more than the longest wait is not waited for: it would be for ever.
  if (now < lid.until && lid.until - now <= LONGEST_WAIT) throw new TooSoon(lid.until);
  const wrong = lid.wrong + 1;
  await hinge.putLid({ ...lid, wrong, until: wrong < FREE_TRIES ? 0 : now + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - FREE_TRIES)) });
  const secret = await unwrap(hinge, lid, pin).catch(() => null);
  if (secret) {
    await hinge.putLid({ ...lid, wrong: 0, until: 0 });
    return secret;
  }
  if (wrong >= WIPED_AFTER) await tooMany(hinge);
  throw new WrongPin();
}

async function tooMany(hinge: Hinge): Promise<never> {
  if (await hinge.mayHoldUnsent()) throw new NeedsHelp();
  await hinge.wipe();
  throw new Wiped();
}

/** Another PIN for the same data key. @throws what `open` throws, ShortPin */
export async function change(hinge: Hinge, old: string, fresh: string, now: number): Promise<void> {
  if ([...fresh].length < SHORTEST_PIN) throw new ShortPin();
  const secret = await open(hinge, old, now);
  await close(hinge, secret, fresh, (await hinge.lid())?.helped ?? "");
}

/** Open with the code the desk reads out; from then on under a new PIN. Gives the key. @throws WrongCode, ShortPin, Wiped */
export async function openHelped(hinge: Hinge, code: string, fresh: string): Promise<Uint8Array> {
  if ([...fresh].length < SHORTEST_PIN) throw new ShortPin();
  const lid = await hinge.lid();
  if (!lid) throw new Wiped();
  const secret = await decrypt(await codeKey(code), fromText(lid.helped)).catch(() => null);
  if (!secret) throw new WrongCode();
  await close(hinge, secret, fresh, lid.helped);
  return secret;
}

/** The desk has another code for this phone from now on. */
export async function recode(hinge: Hinge, secret: Uint8Array, code: string): Promise<void> {
  const lid = await hinge.lid();
  if (lid) await hinge.putLid({ ...lid, helped: await underCode(secret, code) });
}

/** A code for the desk: 24 letters and digits drawn by chance (118 bits), as `POST /sync/enrol` takes it. */
export function newCode(): string {
  let code = "";
  while (code.length < CODE_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(CODE_LENGTH))) {
      if (byte < EVEN && code.length < CODE_LENGTH) code += LETTERS[byte % LETTERS.length];
    }
  }
  return code.replace(/(.{4})(?=.)/g, "$1-");
}

async function close(hinge: Hinge, secret: Uint8Array, pin: string, helped: string): Promise<void> {
  if ([...pin].length < SHORTEST_PIN) throw new ShortPin();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const byPin = await encrypt(await keyOf(pin, salt, ROUNDS), secret);
  const wrapped = await encrypt(await hinge.device(), byPin);
  await hinge.putLid({ salt: toText(salt), rounds: ROUNDS, wrapped: toText(wrapped), helped, wrong: 0, until: 0 });
}

async function underCode(secret: Uint8Array, code: string): Promise<string> {
  return toText(await encrypt(await codeKey(code), secret));
}

/** What was drawn by chance needs no slow hash. However it is typed: small letters, with or without lines between. */
async function codeKey(code: string): Promise<CryptoKey> {
  const letters = [...code.toUpperCase()].filter((letter) => LETTERS.includes(letter)).join("");
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`doorstep desk code ${letters}`));
  return crypto.subtle.importKey("raw", hash, "AES-GCM", false, ["encrypt", "decrypt"]);
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
