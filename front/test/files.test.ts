import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { type Carrier, Files, LARGEST, TooLarge } from "../src/field/files";
import type { Answer, Change, Disk } from "../src/field/kit";

class Memory implements Disk {
  readonly rows = new Map<string, string>();
  read = async (key: string) => this.rows.get(key);
  list = async (prefix: string) => [...this.rows].filter(([key]) => key.startsWith(prefix)).sort();
  write = async (changes: readonly Change[]) => {
    for (const [key, value] of changes) value === null ? this.rows.delete(key) : this.rows.set(key, value);
  };
}

/** The server's side of `/sync/file`, on a line that is cut after so many requests. */
class Far implements Carrier {
  bytes = new Uint8Array();
  done = false;
  asked: number[] = [];
  left = Infinity;
  spoils = 0;

  held = async (): Promise<Answer> => this.answer(200);

  send = async (file: { size: number; sha256: string }, from: number, piece: Uint8Array): Promise<Answer> => {
    if (this.left-- <= 0) throw new Error("cut");
    this.asked.push(from);
    if (from !== this.bytes.length) return this.answer(409);
    const spoilt = this.spoils-- > 0 ? piece.map((byte) => byte ^ 1) : piece;
    this.bytes = Uint8Array.from([...this.bytes, ...spoilt]);
    if (this.bytes.length < file.size) return this.answer(200);
    this.done = hash(this.bytes) === file.sha256;
    if (this.done) return this.answer(200);
    this.bytes = new Uint8Array();
    return this.answer(400);
  };

  private answer(status: number): Answer {
    return { status, body: JSON.stringify({ have: this.bytes.length, done: this.done }) };
  }
}

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const photo = (size: number) => new Blob([Uint8Array.from({ length: size }, (_, at) => at % 251)], { type: "image/jpeg" });
const always = async () => true;

async function bytesOf(blob: Blob | null): Promise<string> {
  return blob ? hash(new Uint8Array(await blob.arrayBuffer())) : "";
}

async function filesWith(size: number): Promise<{ disk: Memory; files: Files; sha256: string }> {
  const disk = new Memory();
  const files = new Files(disk, async (bytes) => hash(bytes));
  await files.add("uuid:1", "photo.jpg", photo(size));
  return { disk, files, sha256: await bytesOf(photo(size)) };
}

test("what is kept comes out again, whatever its size", async () => {
  for (const size of [0, 1, 262_143, 262_144, 262_145, 1_000_000]) {
    const { files, sha256 } = await filesWith(size);
    const back = await files.get("uuid:1", "photo.jpg");
    assert.deepEqual([back?.size, back?.type, await bytesOf(back)], [size, "image/jpeg", sha256]);
    assert.deepEqual(await files.names("uuid:1"), ["photo.jpg"]);
    assert.equal(await files.get("uuid:2", "photo.jpg"), null);
  }
  await assert.rejects(filesWith(LARGEST + 1), TooLarge);
});

test("sending goes on where the line was cut, and ends once", async () => {
  const { files, sha256 } = await filesWith(1_200_000);
  const far = new Far();
  far.left = 1;
  await assert.rejects(files.send(far, 7, always));
  assert.equal((await files.unsent(7)).length, 1);
  far.left = Infinity;
  assert.equal(await files.send(far, 7, always), true);
  assert.deepEqual(far.asked, [0, 524_288, 1_048_576]);
  assert.equal(hash(far.bytes), sha256);
  assert.deepEqual(await files.unsent(7), []);
  assert.equal(await files.send(far, 7, always), true);
  assert.equal(far.asked.length, 3);
});

test("a restored server is sent it again, and bytes that came in wrong are sent once more", async () => {
  const { files, sha256 } = await filesWith(600_000);
  const first = new Far();
  first.spoils = 1;
  assert.equal(await files.send(first, 7, always), true);
  assert.deepEqual(first.asked, [0, 524_288, 0, 524_288]);
  const restored = new Far();
  assert.equal((await files.unsent(8)).length, 1);
  assert.equal(await files.send(restored, 8, always), true);
  assert.equal(hash(restored.bytes), sha256);
});

test("a photo waits for its record, is kept as long as it, and never goes before the server has it", async () => {
  const { disk, files } = await filesWith(300_000);
  const far = new Far();
  assert.equal(await files.send(far, 7, async () => false), true);
  assert.deepEqual(far.asked, []);
  await files.tidy(async () => false);
  assert.equal(disk.rows.size, 3); // unsent: kept, whatever became of the record
  await files.send(far, 7, always);
  await files.tidy(always);
  assert.equal(disk.rows.size, 3);
  await files.tidy(async () => false);
  assert.equal(disk.rows.size, 0);
});

test("the photos of an erased record go, though they were never sent", async () => {
  const { disk, files } = await filesWith(600_000);
  await files.add("uuid:2", "photo.jpg", photo(10));
  await files.drop(["uuid:1"]);
  assert.deepEqual([await files.names("uuid:1"), await files.names("uuid:2"), disk.rows.size], [[], ["photo.jpg"], 2]);
});
