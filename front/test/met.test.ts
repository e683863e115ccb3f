import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { find, plain } from "../src/field/find";
import { byUrgency, SECTIONS, sectionOn, settle, stateOn } from "../src/field/met";
import type { Item } from "../src/field/outbox";
import type { Visit } from "../src/field/pulled";
import type { Light } from "../src/field/replica";
import { type About, mineOf, overlaid, saidOf } from "../src/field/written";
import { Said } from "../src/phone/said";

type Spoken = { zh: string; en: string };
type Case = Visit & { state: string; section: string | null; when: Spoken; said: Spoken };

interface Table {
  today: string;
  windows: Case[];
  order: { visits: Visit[]; order: string[] }[];
  days: { on: string; day: Spoken; whole: Spoken }[];
  ages: { born: string; age: Spoken }[];
  settling: { visits: Visit[]; records: { id: string; on: string }[]; met: Record<string, string> }[];
  plain: [string, string][];
}

const table = JSON.parse(readFileSync(join(process.cwd(), "test/cases/visits.json"), "utf8")) as Table;
const speaking = (["zh", "en"] as const).map((language) => [language, new Said(language, table.today)] as const);

test("a window stands on a day, and under a heading, as the server says", () => {
  for (const { state, section, ...window } of table.windows) {
    assert.deepEqual([window.key, stateOn(window, table.today), sectionOn(window, table.today)], [window.key, state, section]);
  }
});

test("the most urgent stand first, as on the server's own list", () => {
  for (const { visits, order } of table.order) {
    const told = SECTIONS.flatMap((section) => visits.filter((visit) => sectionOn(visit, table.today) === section).sort(byUrgency));
    assert.deepEqual(told.map(({ key }) => key), order);
  }
});

test("visits, days and ages are said in the server's words", () => {
  for (const [language, said] of speaking) {
    for (const { when, said: state, ...window } of table.windows) {
      assert.deepEqual([window.key, said.when(window), said.state(window)], [window.key, when[language], state[language]]);
    }
    for (const { on, day, whole } of table.days) assert.deepEqual([said.day(on), said.wholeDay(on)], [day[language], whole[language]]);
    for (const { born, age } of table.ages) assert.equal(said.age(born), age[language], born);
    assert.equal(said.age(null), "");
  }
  assert.equal(new Said("en", "2026-11-22").state({ from: null, due: null, until: null, ends: null, recurring: false, met: "2026-11-02" }), "done on 2 November");
});

test("records of the phone meet the visits the server's rules say they meet", () => {
  let met = 0;
  for (const { visits, records, met: wanted } of table.settling) {
    const meets = visits.map(({ pack, contact }) => `${pack}/${contact}`);
    const found = settle(visits, records.map((record) => ({ ...record, meets })));
    assert.deepEqual(Object.fromEntries([...found].map(([key, { id }]) => [key, id])), wanted);
    met += found.size;
  }
  assert.ok(met > 40);
});

const open = (more: Partial<Visit>): Visit => ({
  key: "1", pack: "htn", contact: "quarter", form: "htn_visit", service: "htn", title: {}, from: null, due: "2026-10-01", until: null,
  ends: null, recurring: false, priority: 0, mine: true, met: null, why: [], ...more,
});

test("what comes back again and again is met whenever it is written; other programmes' visits beside it", () => {
  const visits = [
    open({ recurring: true, from: "2026-09-01", until: "2026-09-10" }),
    open({ key: "2", pack: "elder", contact: "yearly" }),
    open({ key: "3", pack: "elder", contact: "other" }),
    open({ key: "4", pack: "elder", contact: "yearly", due: null }),
  ];
  const record = { on: "2026-11-01", meets: ["htn/quarter", "elder/yearly"] };
  assert.deepEqual([...settle(visits, [record]).keys()].sort(), ["1", "2"]);
  assert.deepEqual([...settle([open({ ends: "2026-10-31" })], [{ ...record }]).keys()], []);
});

const about = (more: Partial<About>): About => ({
  form: "person", version: "1", title: {}, service: "", on: "2026-11-22", person: "", family: "", meets: [], says: [], ends: "", corrects: "", lines: [], ...more,
});
const item = (id: string, order: number, more: Partial<Item> = {}): Item => ({ id, xml: "", sha256: "", order, writtenAt: 0, receipt: null, about: about({}), ...more });
const receipt = (result: "applied" | "review" | "quarantined", at: number, epoch = 1) => ({ epoch, result, seq: 1, why: null, at });

test("a record lies over what was pulled until a pull later than its receipt came to its end", () => {
  const items = [
    item("unsent", 1), item("fresh", 2, { receipt: receipt("applied", 500) }), item("old", 3, { receipt: receipt("applied", 100) }),
    item("looked", 4, { receipt: receipt("review", 100) }), item("restored", 5, { receipt: receipt("applied", 100, 0) }),
  ];
  const mine = mineOf(items, { epoch: 1, now: 600 }, { now: 300, epoch: 1 });
  assert.deepEqual(mine.map(({ id, stands, counts }) => [id, stands, counts]), [
    ["unsent", "unsent", true], ["fresh", "sent", true], ["old", "applied", false], ["looked", "review", false], ["restored", "unsent", true],
  ]);
});

test("a correction takes the place of the record it corrects, also before either was sent", () => {
  const mine = mineOf([
    item("second", 3, { about: about({ corrects: "first", on: "2026-11-20" }) }),
    item("first", 1, { about: about({ on: "2026-11-21" }) }), item("other", 2, { about: about({ on: "2026-11-21" }) }),
  ], null, { now: 0, epoch: -1 });
  assert.deepEqual(overlaid(mine).map(({ id }) => id), ["second", "other"]);
});

test("somebody registered here stays while her record waits at the desk, with what was said of her since", () => {
  const says = (more: object) => [{ list: "person", id: "p9", creates: false, label: "", properties: {}, ...more }];
  const registered = item("a", 1, { about: about({ says: says({ creates: true, label: "小满", properties: { sex: "female", household: "h1" } }) }), receipt: receipt("review", 10) });
  const changed = item("b", 2, { about: about({ says: says({ properties: { phone: "139" } }) }) });
  const found = (items: Item[]) => saidOf("person", mineOf(items, { epoch: 1, now: 50 }, { now: 50, epoch: 1 })).get("p9");
  assert.deepEqual(found([registered, changed]), { list: "person", id: "p9", creates: true, label: "小满", properties: { sex: "female", household: "h1", phone: "139" } });
  assert.equal(found([{ ...registered, receipt: receipt("applied", 10) }]), undefined);
});

const light = (id: string, name: string, more: Partial<Light> = {}): Light => ({
  id, name, family: null, place: 1, listed: true, sex: "", born: null, phone: "", wish: "", here: true, find: "", visits: [], ...more,
});

test("people are found by name, its parts, pinyin, first letters, the end of the phone and the house", () => {
  const people = [
    light("1", "张秀英", { find: "zhangxiuying xiuying ying zxy xy y", phone: "13900006543", family: "h1" }),
    light("2", "王秀英", { find: "wangxiuying xiuying ying wxy xy y" }),
    light("3", "李小梅", { find: "lixiaomei xiaomei mei lxm xm m", family: "h2" }),
    light("4", "张秀", { find: "zhangxiu xiu zx x" }),
    light("5", "张秀英", { listed: false, find: "zhangxiuying" }),
    light("6", "José María Ruiz", { find: "jose maria ruiz jmr" }),
  ];
  const houses: Record<string, string> = { h1: "36", h2: "654" };
  const ids = (typed: string) => find(typed, people, (family) => houses[family] ?? "").map(({ id }) => id).join("");
  assert.deepEqual(
    ["张秀英", "秀英", "zhangxiuying", "ZXY", "xiu", "6543", "36", "654", "543", "maria", "jose", "%", "", "*", "张秀", "刘"].map(ids),
    ["142", "12", "1", "1", "412", "1", "1", "3", "1", "6", "6", "", "", "", "41", ""],
  );
});

test("text is made plain as the server makes it", () => {
  for (const [text, wanted] of table.plain) assert.equal(plain(text), wanted);
});
