import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Chance, Crash, SimClock, SimDisk } from "../sim/world";
import type { Answer, Network } from "../src/field/kit";
import { OtherContent, Outbox, type Told } from "../src/field/outbox";
import { MOST_AT_ONCE, sync } from "../src/field/sync";

const hash = (text: string) => Promise.resolve(createHash("sha256").update(text, "utf8").digest("hex"));
const DAY = 86_400_000;

function fresh() {
  const chance = new Chance(7);
  const disk = new SimDisk(chance);
  const clock = new SimClock(chance);
  return { disk, clock, outbox: new Outbox(disk, clock, hash) };
}

/** A server that takes everything: what it was sent, and what it tells of itself. */
class Server implements Network {
  epoch = 1;
  now = 1_800_000_000_000;
  readonly bodies: { entries: { id: string; sha256: string }[]; sent: number; unsent: number }[] = [];
  answer: ((body: string) => Answer) | null = null;

  async push(body: string): Promise<Answer> {
    const told = JSON.parse(body) as (typeof this.bodies)[number];
    this.bodies.push(told);
    if (this.answer) return this.answer(body);
    const receipts: Told[] = told.entries.map(({ id, sha256 }, at) => ({ id, sha256, result: "applied", seq: at + 1, why: null }));
    return { status: 200, body: JSON.stringify({ epoch: this.epoch, now: new Date(this.now).toISOString(), receipts }) };
  }
}

test("what was saved is there after the app starts anew, in the order it was written", async () => {
  const { disk, clock, outbox } = fresh();
  await outbox.add("b", "<two/>");
  await outbox.add("a", "<one/>");
  await outbox.add("b", "<two/>");
  const again = new Outbox(disk, clock, hash);
  assert.deepEqual((await again.unsent()).map(({ id, xml, order }) => [id, xml, order]), [["b", "<two/>", 1], ["a", "<one/>", 2]]);
  await assert.rejects(again.add("a", "<other/>"), OtherContent);
});

test("a crash while saving leaves a record whole or not at all", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const disk = new SimDisk(new Chance(seed));
    disk.crashing = 0.5;
    const outbox = new Outbox(disk, new SimClock(new Chance(seed)), hash);
    const kept = await outbox.add("a", "<one/>").then(() => true, (error: unknown) => { assert.ok(error instanceof Crash); return false; });
    Object.assign(disk, { crashing: 0, fallen: false }); // the app is started anew
    const all = await outbox.all();
    assert.ok(all.length <= 1 && (!kept || all.length === 1) && all.every((item) => item.xml === "<one/>"));
  }
});

test("everything goes in batches and is told to the supervisor", async () => {
  const { outbox } = fresh();
  for (let n = 0; n < MOST_AT_ONCE + 5; n++) await outbox.add(`id-${n}`, `<r n="${n}"/>`);
  const server = new Server();
  assert.deepEqual(await sync(outbox, server), { state: "done" });
  assert.deepEqual(server.bodies.map((one) => [one.entries.length, one.sent, one.unsent]), [[MOST_AT_ONCE, 0, 5], [5, MOST_AT_ONCE, 0]]);
  assert.equal(await outbox.sentEver(), MOST_AT_ONCE + 5);
});

test("another epoch makes the device send everything again, even when it had nothing to send", async () => {
  const { outbox } = fresh();
  await outbox.add("a", "<one/>");
  const server = new Server();
  await sync(outbox, server);
  server.epoch = 2;
  assert.deepEqual(await sync(outbox, server), { state: "done" });
  assert.deepEqual(server.bodies.map((one) => one.entries.map((entry) => entry.id)), [["a"], [], ["a"]]);
});

test("a receipt for other bytes, a cut answer or an unknown word counts for nothing", async () => {
  const { outbox } = fresh();
  await outbox.add("a", "<one/>");
  const server = new Server();
  const [item] = await outbox.all();
  const told = (more: object) => JSON.stringify({ epoch: 1, now: "2026-11-22T00:00:00Z", receipts: [{ id: "a", sha256: item?.sha256, result: "applied", seq: 1, why: null, ...more }] });
  for (const body of [told({ sha256: "0".repeat(64) }), told({ result: "thrown_away" }), told({}).slice(0, -3), "{}", ""]) {
    server.answer = () => ({ status: 200, body });
    assert.equal((await sync(outbox, server)).state, "later");
    assert.equal((await outbox.unsent()).length, 1);
  }
  for (const status of [500, 503, 400, 413, 302]) {
    server.answer = () => ({ status, body: told({}) });
    assert.equal((await sync(outbox, server)).state, "later");
  }
  server.answer = () => ({ status: 401, body: "{}" });
  assert.deepEqual(await sync(outbox, server), { state: "stopped", why: "unknown_phone" });
  assert.equal((await outbox.unsent()).length, 1);
});

test("what the server holds is kept for 35 of its days, whatever this device's clock says", async () => {
  const { outbox, clock } = fresh();
  await outbox.add("a", "<one/>");
  const server = new Server();
  await sync(outbox, server);
  clock.skew = 40 * 365 * DAY;
  server.now += 35 * DAY;
  await sync(outbox, server);
  assert.equal((await outbox.all()).length, 1);
  server.now += DAY;
  await sync(outbox, server);
  assert.deepEqual([(await outbox.all()).length, await outbox.sentEver()], [0, 1]);
});

test("nothing unsent is ever deleted", async () => {
  const { outbox } = fresh();
  await outbox.add("a", "<one/>");
  const server = new Server();
  server.answer = () => ({ status: 200, body: JSON.stringify({ epoch: 1, now: "2099-01-01T00:00:00Z", receipts: [] }) });
  for (let turn = 0; turn < 3; turn++) await sync(outbox, server);
  assert.equal(await outbox.tidy(), 0);
  assert.equal((await outbox.unsent()).length, 1);
});

test("what was erased is let go of, sent or not, and nothing else is", async () => {
  const { disk, clock, outbox } = fresh();
  for (const id of ["uuid:a", "uuid:b", "uuid:c", "uuid:d"]) await outbox.add(id, `<r>${id}</r>`);
  const server = new Server();
  server.answer = (body) => {
    const { entries } = JSON.parse(body) as { entries: { id: string; sha256: string }[] };
    const receipts: Told[] = entries.map(({ id, sha256 }, at) => id === "uuid:b"
      ? { id, sha256, result: "not_kept", seq: null, why: { code: "intake.erased", text: "" } }
      : { id, sha256, result: "applied", seq: at + 1, why: null });
    return { status: 200, body: JSON.stringify({ epoch: 1, now: new Date(server.now).toISOString(), receipts }) };
  };
  await sync(outbox, server);
  assert.deepEqual((await outbox.all()).map(({ id }) => id), ["uuid:a", "uuid:c", "uuid:d"]);
  await outbox.add("uuid:e", "<r>unsent</r>");
  const marks = await Promise.all(["a", "e", "never here"].map(hash));
  assert.equal(await outbox.erase(marks), 2);
  const again = new Outbox(disk, clock, hash);
  assert.deepEqual((await again.all()).map(({ id }) => id), ["uuid:c", "uuid:d"]);
  assert.deepEqual([...(await again.erased())].sort(), ["uuid:a", "uuid:b", "uuid:e"]);
  await again.seenTo(await again.erased());
  assert.deepEqual([await again.erased(), await again.erase([]), (await again.unsent()).length], [[], 0, 0]);
});
