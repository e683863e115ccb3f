import assert from "node:assert/strict";
import { test } from "node:test";

import { Broken, type Rows, SealedDisk } from "../src/field/sealed";
import { change, type Hinge, type Lid, NeedsHelp, newCode, open, openHelped, recode, seal, ShortPin, TooSoon, WIPED_AFTER, Wiped, WrongCode, WrongPin } from "../src/field/vault";

class Shelf implements Rows {
  readonly rows = new Map<string, Uint8Array>();
  read = async (name: string) => this.rows.get(name);
  list = async (prefix: string) => [...this.rows].filter(([name]) => name.startsWith(prefix));
  readonly told: boolean[] = []; // of each write, whether it may be unsent
  write = async (changes: readonly (readonly [string, Uint8Array | null])[], unsent: boolean) => {
    this.told.push(unsent);
    for (const [name, bytes] of changes) bytes === null ? this.rows.delete(name) : this.rows.set(name, bytes);
  };
}

class Door implements Hinge {
  kept: Lid | null = null;
  held = 0;
  wiped = false;
  private made: Promise<CryptoKey> | null = null;
  lid = async () => this.kept;
  putLid = async (lid: Lid) => void (this.kept = lid);
  device = () => (this.made ??= crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]) as Promise<CryptoKey>);
  mayHoldUnsent = async () => this.held > 0;
  wipe = async () => void ((this.wiped = true), (this.kept = null));
}

const PIN = "six or more";
const CODE = newCode();
const secret = () => crypto.getRandomValues(new Uint8Array(32));

test("what is written is read again, listed by the beginning of its key, and taken away", async () => {
  const shelf = new Shelf();
  const disk = await SealedDisk.open(shelf, secret());
  await disk.write([["people/002", "two"], ["people/001", "one"], ["me", "王"], ["outbox/uuid:1|x", "record"]]);
  assert.deepEqual(await disk.list("people/"), [["people/001", "one"], ["people/002", "two"]]);
  assert.deepEqual([await disk.read("me"), await disk.read("you"), (await disk.list("people/001")).length, (await disk.list("")).length], ["王", undefined, 1, 4]);
  await disk.write([["people/001", null], ["me", "李"]]);
  assert.deepEqual([await disk.read("people/001"), await disk.read("me"), shelf.rows.size], [undefined, "李", 3]);
});

test("on the shelf nothing can be read, the same text is never sealed alike, and rows cannot be exchanged", async () => {
  const shelf = new Shelf();
  const disk = await SealedDisk.open(shelf, secret());
  await disk.write([["people/001", "林晓荷"], ["people/002", "林晓荷"]]);
  const [[first, a], [second, b]] = [...shelf.rows] as [[string, Uint8Array], [string, Uint8Array]];
  assert.match(first, /^people\/[0-9a-f]{32}$/);
  assert.notDeepEqual(a, b);
  assert.ok(![a, b].some((bytes) => Buffer.from(bytes).includes("林晓荷")));
  shelf.rows.set(second, a);
  await assert.rejects(disk.list("people/"), Broken);
  shelf.rows.set(second, Uint8Array.from(b, (byte, at) => (at === b.length - 1 ? byte ^ 1 : byte)));
  await assert.rejects(disk.read("people/002"), Broken);
});

test("another worker's key neither finds nor reads anything", async () => {
  const shelf = new Shelf();
  await (await SealedDisk.open(shelf, secret())).write([["me", "王"]]);
  const other = await SealedDisk.open(shelf, secret());
  assert.equal(await other.read("me"), undefined);
  await assert.rejects(other.list(""), Broken);
});

test("a PIN opens, another does not, and a new PIN opens the same", async () => {
  const door = new Door();
  const key = await seal(door, PIN, CODE);
  assert.deepEqual(await open(door, PIN, 0), key);
  await assert.rejects(open(door, "not the pin", 0), WrongPin);
  await change(door, PIN, "a new pin", 0);
  await assert.rejects(open(door, PIN, 0), WrongPin);
  assert.deepEqual(await open(door, "a new pin", 0), key);
  await assert.rejects(seal(door, "12345", CODE), ShortPin);
  await assert.rejects(change(door, "a new pin", "12345", 0), ShortPin);
});

test("a copied lid does not open with the right PIN on another device", async () => {
  const door = new Door();
  await seal(door, PIN, CODE);
  const thief = new Door();
  thief.kept = door.kept;
  await assert.rejects(open(thief, PIN, 0), WrongPin);
});

test("wrong PINs wait longer and longer, are counted before they are tried, and a right one ends it", async () => {
  const door = new Door();
  await seal(door, PIN, CODE);
  for (const _ of [1, 2, 3]) await assert.rejects(open(door, "wrong pin", 1000), WrongPin);
  await assert.rejects(open(door, PIN, 1000 + 9_999), TooSoon);
  await assert.rejects(open(door, "wrong pin", 1000 + 10_000), WrongPin);
  await assert.rejects(open(door, PIN, 11_000 + 19_999), TooSoon);
  assert.equal(door.kept?.wrong, 4);
  await open(door, PIN, 11_000 + 20_000);
  assert.deepEqual([door.kept?.wrong, door.kept?.until], [0, 0]);
});

test("after ten wrong ones it is wiped, but never while something may be unsent", async () => {
  for (const held of [3, 0]) {
    const door = new Door();
    await seal(door, PIN, CODE);
    door.held = held;
    door.kept = { ...(door.kept as Lid), wrong: WIPED_AFTER - 1 };
    await assert.rejects(open(door, "wrong pin", 0), held ? NeedsHelp : Wiped);
    assert.equal(door.wiped, held === 0);
    await assert.rejects(open(door, PIN, 4_000_000), held ? NeedsHelp : Wiped); // the PIN alone opens it no more
    assert.equal(door.wiped, held === 0);
  }
});

test("the desk's code opens what a PIN does not, under a new PIN from then on", async () => {
  const door = new Door();
  const key = await seal(door, PIN, CODE);
  door.held = 1;
  door.kept = { ...(door.kept as Lid), wrong: WIPED_AFTER };
  await assert.rejects(openHelped(door, newCode(), "a new pin"), WrongCode);
  await assert.rejects(openHelped(door, CODE, "short"), ShortPin);
  assert.deepEqual(await openHelped(door, CODE.toLowerCase().replaceAll("-", " "), "a new pin"), key);
  assert.deepEqual(await open(door, "a new pin", 0), key);
  await change(door, "a new pin", PIN, 0);
  const another = newCode();
  await recode(door, key, another);
  await assert.rejects(openHelped(door, CODE, "a new pin"), WrongCode);
  assert.deepEqual(await openHelped(door, another, "a new pin"), key);
});

test("codes are as the server takes them, and never the same", () => {
  const codes = Array.from({ length: 200 }, newCode);
  assert.ok(codes.every((code) => /^[A-Z2-9]{4}(-[A-Z2-9]{4}){5}$/.test(code)));
  assert.equal(new Set(codes).size, 200);
  assert.equal(new Set(codes.join("").replaceAll("-", "")).size, 30);
});

test("a write says whether the server may not hold what it puts down, and writes go down in their order", async () => {
  const shelf = new Shelf();
  const disk = await SealedDisk.open(shelf, secret());
  const puts: [string, string | null][] = [["people/001", "x"], ["outbox/uuid:1", "x"], ["draft/f|", "x"], ["draft/f|", null], ["files/a b", "x"], ["outbox-count", "1"]];
  await Promise.all(puts.map((put) => disk.write([put])));
  assert.deepEqual(shelf.told, [false, true, true, false, true, false]);
  await Promise.all(Array.from({ length: 40 }, (_, n) => disk.write([["me", "x".repeat(4000 - 100 * n) + n]])));
  assert.equal(await disk.read("me"), `${"x".repeat(100)}39`);
});
