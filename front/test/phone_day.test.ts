import "./dom";

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, test } from "node:test";

import { Chance, SimClock, SimDisk } from "../sim/world";
import { type Advice, Follows } from "../src/field/follows";
import { Outbox, type Told } from "../src/field/outbox";
import type { FormKept, Person, Pulled, Visit } from "../src/field/pulled";
import { Replica } from "../src/field/replica";
import { DoorstepForm } from "../src/forms/component";
import { Book } from "../src/phone/book";
import type { Rooms, Standing } from "../src/phone/rooms";
import { dayOf, startPages } from "../src/phone/router";
import { formXml } from "./dom";
import { fillIn } from "./forms";

window.confirm = () => true;
let scrolled = 0;
Object.defineProperty(window, "scrollY", { get: () => scrolled });
window.scrollTo = ((_x: number, y: number) => void (scrolled = y)) as typeof window.scrollTo;

const hash = (text: string) => Promise.resolve(createHash("sha256").update(text, "utf8").digest("hex"));
const TODAY = dayOf(new SimClock(new Chance(1)).now());
const STANDING: Standing = { online: false, busy: false, unsent: 0, files: 0, last: null, first: false, trouble: "" };

const PACK_OF: Record<string, string> = { anc_visit: "maternal", person: "register", household: "register", newborn_registration: "postnatal_newborn", service_end: "front", service_wanted: "front" };

function form(id: string, more: Partial<FormKept> = {}): FormKept {
  return {
    id, version: /version="([^"]+)"/.exec(formXml(id, PACK_OF[id]))?.[1] ?? "", sha256: "", title: { zh: `${id}表`, en: id }, subject: "person", who: "", on: "", opens: false, sex: "",
    service: "", meets: [], lists: ["person.csv", "household.csv", "place.csv"], files: [], ...more,
  };
}

const FORMS = [
  form("anc_visit", { who: "who/person", on: "who/visit_date", service: "anc", meets: ["maternal/anc_2"] }),
  form("person", { on: "home/registered_on" }),
  form("household", { subject: "household", on: "where/registered_on" }),
  form("newborn_registration", { who: "who/person", opens: true, service: "newborn" }),
];

const visit = (more: Partial<Visit> = {}): Visit => ({
  key: "v1", pack: "maternal", contact: "anc_2", form: "anc_visit", service: "anc", title: { zh: "孕16–20周随访", en: "Visit of weeks 16–20" }, from: "2020-01-01",
  due: null, until: null, ends: null, recurring: false, priority: 0, mine: true, met: null, why: ["国家规范要求"], ...more,
});

const MEI: Person = {
  id: "p-mei", v: 1, family: "h-36", place: 2, name: "林晓荷", listed: true, sex: "female", born: "1998-03-04", phone: "13911112222", wish: "", here: true,
  find: "linxiaohe xiaohe he lxh xh h 13911112222", row: { name: "p-mei", label: "林晓荷", __version: "1", sex: "female", birth_date: "1998-03-04", household: "h-36" },
  visits: [visit(), visit({ key: "v2", contact: "anc_3", from: "2099-01-01", title: { zh: "孕21–24周随访", en: "Visit of weeks 21–24" } })],
  courses: [], forms: [{ form: "anc_visit", prefill: {}, part: "care" }], services: [], records: [],
};

function pulled(more: Partial<Pulled> = {}): Pulled {
  return {
    epoch: 1, now: "2020-01-01T00:00:00Z", today: TODAY, since: "1", more: false, fresh: true, people: [MEI], gone: { people: [], families: [] }, forms: FORMS,
    me: { id: 1, name: "王医生", role: "worker", keep_days: 30, places: [{ id: 2, code: "east", name: { zh: "东坡村", en: "Dongpo" }, kind: "village", above: null, served: true }] },
    families: [{ id: "h-36", v: 1, place: 2, number: "36", address: "村口", listed: true, visits: true, row: { name: "h-36", label: "东坡村 · 36", __version: "1", number: "36", place: "east" } }],
    ...more,
  };
}

class Phone {
  readonly disk = new SimDisk(new Chance(1));
  readonly clock = new SimClock(new Chance(1));
  outbox = new Outbox(this.disk, this.clock, hash);
  replica = new Replica(this.disk, this.clock);
  standing = { ...STANDING };
  before: (() => Promise<void>)[] = [];
  language = "zh";
  private look: (() => void)[] = [];
  private stop: (() => void) | null = null;

  async pull(page: Pulled): Promise<void> {
    await this.replica.apply(page);
    for (const what of await this.replica.missing()) await this.replica.keep(what, new TextEncoder().encode(formXml(what.form, PACK_OF[what.form])));
    for (const look of this.look) look();
  }

  /** The app starts, or starts anew: nothing but the disk is left of what was. */
  start(address = "#/today"): void {
    this.stop?.();
    document.body.innerHTML = "<main></main>";
    this.outbox = new Outbox(this.disk, this.clock, hash);
    this.replica = new Replica(this.disk, this.clock);
    this.look = [];
    window.location.hash = address;
    this.stop = startPages(document.querySelector("main") as HTMLElement, this.rooms());
  }

  end(): void {
    this.stop?.();
    this.stop = null;
  }

  /** The page is killed: nothing of it runs any more. */
  kill(): void {
    document.body.innerHTML = "";
    this.stop = null;
  }

  private rooms(): Rooms {
    return {
      disk: this.disk, outbox: this.outbox, replica: this.replica, clock: this.clock, language: this.language, setLanguage: () => undefined,
      photos: { tidy: (file) => Promise.resolve(file), add: () => Promise.resolve(), get: () => Promise.resolve(null), names: () => Promise.resolve([]) },
      follows: new Follows(this.disk, this.outbox),
      loop: {
        standing: this.standing, saved: () => undefined, now: () => Promise.resolve(),
        watch: (look) => (look(this.standing), () => undefined), arrived: (look) => (this.look.push(look), () => undefined),
      },
      lock: {
        now: () => Promise.resolve(), hide: () => Promise.resolve(), change: () => Promise.resolve(), minutes: 5, setMinutes: () => Promise.resolve(),
        before: (last) => (this.before.push(last), () => undefined),
      },
      room: { persisted: () => Promise.resolve(true), tight: () => Promise.resolve(false) },
    };
  }

  async receipts(result: string, why: Told["why"] = null): Promise<void> {
    const told = (await this.outbox.all()).map(({ id, sha256 }, at) => ({ id, sha256, result, seq: at + 1, why }));
    await this.outbox.answered({ epoch: 1, now: Date.parse("2026-11-22T02:00:00Z") }, told);
  }
}

/** What the server tells to records it holds. */
const teller = (advice: readonly Advice[], asked: string[][] = []) => ({
  follows: (ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve({ status: 200, body: JSON.stringify({ told: ids.map((id) => ({ id, advice, doses: ["第一剂，算数"] })) }) });
  },
});

let phone = new Phone();
afterEach(() => {
  phone.end();
  phone = new Phone();
});

const text = () => document.body.textContent?.replace(/\s+/g, " ").trim() ?? "";

async function until(ready: () => unknown, said = ""): Promise<void> {
  const end = Date.now() + 4000;
  while (!ready()) {
    if (Date.now() > end) throw new Error(`never: ${said || ready.toString()}\n${window.location.hash}\n${text()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const shows = (words: string) => until(() => text().includes(words), `'${words}'`);
const heading = (words: string) => until(() => document.querySelector("main h1")?.textContent === words, `heading ${words}`);

function link(words: string): HTMLAnchorElement {
  const found = [...document.querySelectorAll("a")].find((each) => each.textContent?.replace(/\s+/g, " ").includes(words));
  if (!found) throw new Error(`no link ${words} in ${text()}`);
  return found;
}

async function follow(words: string): Promise<void> {
  await until(() => [...document.querySelectorAll("a")].some((each) => each.textContent?.replace(/\s+/g, " ").includes(words)), `link ${words}`);
  window.location.hash = link(words).getAttribute("href") ?? "";
}

const element = () => document.querySelector("doorstep-form") as DoorstepForm;

/** Answers whatever must be answered, and saves. */
async function save(): Promise<void> {
  await until(() => element()?.form);
  const runner = element().form;
  assert.ok(runner);
  assert.deepEqual(fillIn(runner), []);
  for (let page = 0; page < 12 && document.querySelector(".df-main"); page += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    document.querySelector<HTMLButtonElement>(".df-main")?.click();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await until(() => window.location.hash.startsWith("#/receipt/"));
}

test("Today shows who waits, and a visit written on the phone is marked at once, and after a restart", async () => {
  await phone.pull(pulled());
  phone.start();
  await heading("今天");
  assert.ok(text().includes("林晓荷 28岁 东坡村 36号") && text().includes("孕16–20周随访"));
  await follow("填写");
  await until(() => document.querySelector(".df-fixed"));
  assert.deepEqual(document.querySelector(".df-fixed")?.textContent?.includes("林晓荷"), true);
  await save();
  await heading("已存在这部手机上");
  assert.ok(text().includes("这次已做：孕16–20周随访") && text().includes("孕21–24周随访"));
  assert.equal((await phone.outbox.unsent()).length, 1);
  phone.start();
  await heading("今天");
  await shows("已在这部手机上写好，还没有发出去");
  assert.equal(document.querySelectorAll(".part.now .visit").length, 0);
});

test("the server's answer replaces what the phone marked", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await save();
  await phone.receipts("applied");
  phone.start();
  await shows("已发出，接下来的安排等服务器回话");
  await phone.pull(pulled({ fresh: false, now: "2026-11-22T03:00:00Z", people: [{ ...MEI, v: 2, visits: [visit({ met: TODAY }), ...MEI.visits.slice(1)] }] }));
  await shows("现在没有人等您走访");
  const [item] = await phone.outbox.all();
  window.location.hash = `#/receipt/${encodeURIComponent(item?.id ?? "")}`;
  await shows("服务器已收到，算数了。");
});

test("the receipt says what to do once the server told it, and what is not asked for twice", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await save();
  await shows("发出去以后，服务器会说接下来还要做什么");
  const follows = new Follows(phone.disk, phone.outbox);
  const asked: string[][] = [];
  const told = teller([{ level: "urgent", text: { zh: "马上转诊", en: "Refer now" }, newcomer: false }, { level: "info", text: { zh: "请登记宝宝" }, newcomer: true }], asked);
  assert.deepEqual([await follows.ask(told), asked], [true, []]); // nothing of what the server does not hold yet
  await phone.receipts("applied");
  const [item] = await phone.outbox.all();
  assert.deepEqual([await follows.ask({ follows: () => Promise.resolve({ status: 200, body: "{" }) }), await follows.of(item?.id ?? "")], [false, null]);
  assert.deepEqual([await follows.ask(told), await follows.ask(told), asked], [true, true, [[item?.id]]]);
  phone.start(window.location.hash);
  await until(() => document.querySelector(".urgent"));
  assert.equal(document.querySelector(".urgent")?.textContent?.replace(/\s+/g, " ").trim(), "请马上办马上转诊");
  assert.ok(text().includes("这次记的每一剂第一剂，算数"));
  assert.equal(link("登记宝宝").getAttribute("href"), "#/newcomer?household=h-36");
});

test("a grown-up registered on the phone is offered nothing that a birth begins", async () => {
  await phone.pull(pulled({ forms: FORMS.map((one) => (one.id === "newborn_registration" ? { ...one, oldest: 42 } : one)) }));
  const offered: string[][] = [];
  for (const born of [-42, -43, null]) {
    const on = born === null ? "" : new Date(Date.parse(TODAY) + born * 86_400_000).toISOString().slice(0, 10);
    const id = `p-${born}`;
    const says = [{ list: "person", id, creates: true, label: "某人", properties: { household: "h-36", ...(on ? { birth_date: on } : {}) } }];
    await phone.outbox.add(`uuid:${id}`, "<data/>", { about: { form: "person", version: "1", title: {}, service: "", on: TODAY, person: id, family: "h-36", meets: [], says, ends: "", corrects: "", lines: [] } });
    const book = await Book.open(phone.replica, phone.outbox, "zh", TODAY);
    offered.push(((await book.person(id))?.forms ?? []).map(({ form }) => form));
  }
  assert.deepEqual(offered, [["newborn_registration"], [], ["newborn_registration"]]);
});

test("going back shows the page where it was left, going on begins at the top", async () => {
  await phone.pull(pulled());
  phone.start();
  await heading("今天");
  scrolled = 900;
  await follow("林晓荷");
  await heading("林晓荷");
  assert.equal(scrolled, 0);
  scrolled = 300;
  window.history.back();
  await heading("今天");
  assert.equal(scrolled, 900);
  await follow("家庭");
  await heading("我的家庭");
  assert.equal(scrolled, 0);
});

test("a record the desk looks at says why and can be corrected; the visit stands again", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await save();
  await phone.receipts("review", { code: "intake.unlikely", text: "体重不大可能。" });
  await phone.pull(pulled({ fresh: false, now: "2026-11-22T03:00:00Z" }));
  phone.start("#/outbox");
  await shows("体重不大可能。");
  await follow("体重不大可能。");
  await heading("已收下，但还不算数");
  await follow("更正");
  await shows("您正在更正");
  await save();
  const items = await phone.outbox.all();
  assert.deepEqual([items.length, items[1]?.about?.corrects, items[1]?.xml.includes(`<deprecatedID>${items[0]?.id}</deprecatedID>`)], [2, items[0]?.id, true]);
  phone.start();
  await shows("已在这部手机上写好");
});

test("a family and a person registered offline are there at once, and visits may be written for her", async () => {
  await phone.pull(pulled());
  phone.start("#/families");
  await follow("登记一户");
  await save();
  await follow("登记家里的人");
  await heading("登记一个人");
  const input = (name: string) => document.querySelector<HTMLInputElement>(`input[name=${name}]`) as HTMLInputElement;
  input("name").value = "李小满";
  input("born").value = "2026-09-01";
  document.querySelector<HTMLButtonElement>("main form .big")?.click();
  await save();
  await follow("看李小满");
  await heading("李小满");
  assert.ok(text().includes("新登记，还没有发出去"));
  const items = await phone.outbox.all();
  const family = items[0]?.about?.says[0];
  assert.deepEqual(items.map((item) => [item.about?.form, item.about?.says.map(({ list, creates }) => [list, creates])]), [
    ["household", [["household", true]]], ["person", [["person", true]]],
  ]);
  assert.equal(items[1]?.about?.says[0]?.properties["household"], family?.id);
  phone.start("#/find");
  await heading("找人");
  const search = document.querySelector<HTMLInputElement>("input[type=search]") as HTMLInputElement;
  search.value = "小满";
  search.dispatchEvent(new window.Event("input", { bubbles: true }));
  await follow("李小满");
  await follow("newborn_registration表");
  await save();
  const last = (await phone.outbox.all()).at(-1);
  assert.deepEqual([last?.about?.form, last?.about?.person, last?.xml.includes(last.about?.person ?? "-")], ["newborn_registration", items[1]?.about?.says[0]?.id, true]);
});

test("doses, growth, leaflets and forms of one's own are there without a network", async () => {
  const cards = [{ title: { zh: "接种" }, chains: [{ title: { zh: "乙肝" }, given: [{ on: "2026-04-01", title: { zh: "第一剂" }, counts: true, words: "" }, { on: null, title: { zh: "第二剂" }, counts: false, words: "隔得太近" }] }] }];
  const grown = [{ title: "身高", note: "5月：60.1厘米", columns: ["日期", "厘米"], rows: [["2026年5月1日", "60.1"]] }];
  const own = [...FORMS, form("every_question", { subject: "none", title: { zh: "我的表" } })];
  await phone.pull(pulled({ people: [{ ...MEI, cards, grown }], forms: own, me: { id: 1, name: "王医生", role: "worker", keep_days: 30, places: [], leaflets: "a" } }));
  const method = (title: string) => ({ title, where: "", figures: [], parts: [["怎么用", "每天"]] as const, caution: [], fine: [] });
  const told = { mark: "a", leaflets: [{ id: "kind", title: "一起选", words: ["都可以问"], methods: [method("甲"), method("乙"), method("丙")], sources: [["书", false]] as const }] };
  assert.equal(await phone.replica.leaflets(), null);
  await phone.replica.keepLeaflets({ ...told, mark: "old" });
  assert.equal(await phone.replica.leaflets(), null); // not what there is to read now
  await phone.replica.keepLeaflets(told);
  phone.start("#/person/p-mei");
  await heading("林晓荷");
  assert.deepEqual([...document.querySelectorAll(".card-doses li")].map((each) => each.textContent?.replace(/\s+/g, " ").trim()), ["2026年4月1日 第一剂", "日期不清楚 第二剂隔得太近"]);
  assert.deepEqual([...document.querySelectorAll("summary, .wide-table")].map((each) => each.textContent?.replace(/\s+/g, "") ?? "").filter((said) => said.includes("60.1")), ["身高5月：60.1厘米", "日期厘米2026年5月1日60.1"]);
  window.location.hash = "#/outbox";
  await follow("我的表");
  await until(() => element()?.form);
  window.location.hash = "#/leaflets";
  await follow("一起选");
  await heading("一起选");
  assert.deepEqual([...document.querySelectorAll("section.sheet h2")].map((each) => each.textContent).sort(), ["丙", "乙", "甲"]);
  assert.ok(text().includes("据转引，请按当地规定核对"));
  assert.deepEqual(await phone.replica.pressing(), ["anc_visit"]);
});

test("somebody alike is shown before she is written down twice", async () => {
  await phone.pull(pulled());
  phone.start("#/newcomer?household=h-36");
  await heading("登记一个人");
  (document.querySelector("input[name=name]") as HTMLInputElement).value = "林晓荷";
  document.querySelector<HTMLButtonElement>("main form .big")?.click();
  await shows("已经有很像的人了。");
  assert.equal(link("就是这位").getAttribute("href"), "#/person/p-mei");
});

test("a half-filled form is there again after the page was killed, under the same id", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await until(() => element()?.form);
  const id = element().form?.instanceId;
  const scan = () => [...document.querySelectorAll<HTMLInputElement>(".df-page input[type=date]")].at(-1) as HTMLInputElement;
  scan().value = "2026-05-01";
  scan().dispatchEvent(new window.Event("input", { bubbles: true }));
  scan().dispatchEvent(new window.Event("change", { bubbles: true }));
  for (const last of phone.before) await last();
  phone.kill();
  phone.start("#/outbox");
  await shows("填了一半的");
  await follow("接着填");
  await shows("填过一半，写的都在");
  await until(() => element()?.form);
  await until(scan);
  assert.deepEqual([element().form?.instanceId, scan().value], [id, "2026-05-01"]);
  await save();
  assert.deepEqual([(await phone.outbox.all()).map((item) => item.id), (await phone.disk.list("draft/")).length], [[id], 0]);
});

test("a record that could not be saved leaves the form open, and the next try saves the same one", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await until(() => element()?.form);
  const add = phone.outbox.add.bind(phone.outbox);
  phone.outbox.add = () => Promise.reject(new Error("QuotaExceededError"));
  await assert.rejects(save());
  assert.ok(text().includes("没能存到这部手机上") && element());
  const id = element().form?.instanceId;
  phone.outbox.add = add;
  document.querySelector<HTMLButtonElement>(".df-main")?.click();
  await until(() => window.location.hash.startsWith("#/receipt/"));
  assert.deepEqual((await phone.outbox.all()).map((item) => item.id), [id]);
});

test("two versions of one record stand side by side", async () => {
  await phone.pull(pulled());
  phone.start("#/fill/anc_visit?person=p-mei");
  await save();
  const [item] = await phone.outbox.all();
  await phone.receipts("review", { code: "intake.other_content", text: "" });
  const record = { seq: 9, id: item?.id ?? "", form: "anc_visit", title: { zh: "产检" }, on: TODAY, by: "王医生", stands: "review" as const, lines: [["体重", "61"]] as const };
  await phone.pull(pulled({ fresh: false, now: "2026-11-22T03:00:00Z", people: [{ ...MEI, records: [record] }] }));
  phone.start("#/person/p-mei");
  await shows("同一份记录有两个样子");
  assert.deepEqual([...document.querySelectorAll(".two h3")].map((each) => each.textContent), ["这部手机上的", "服务器上的"]);
});

test("every page is there in English, and what is unknown says so", async () => {
  phone.language = "en";
  await phone.pull(pulled());
  phone.start();
  await heading("Today");
  assert.ok(text().includes("28 years Dongpo No. 36"));
  for (const [address, words] of [["#/families", "My families"], ["#/find", "Find a person"], ["#/outbox", "Written on this phone"], ["#/settings", "Settings"], ["#/person/nobody", "This is not on this phone."], ["#/odd", "This is not on this phone."], ["#/family/h-36", "Dongpo No. 36"]] as const) {
    window.location.hash = address;
    await heading(words);
  }
});
