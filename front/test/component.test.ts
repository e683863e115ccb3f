import "./dom";

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { DoorstepForm } from "../src/forms/component";
import { formXml } from "./dom";
import { answersOf, PERSON } from "./forms";
import { Site } from "./server";

customElements.define("doorstep-form", DoorstepForm);

const site = new Site();
before(() => site.start());
after(() => site.stop());
afterEach(() => {
  document.body.replaceChildren();
  site.sent.length = 0;
  site.answer = { status: 201, type: "application/json", body: "{}" };
});

/** Until the page has settled: everything under way here ends within a turn or two, or with an answer of the server. */
async function until(ready: () => unknown): Promise<void> {
  const end = Date.now() + 5000;
  while (!ready()) {
    if (Date.now() > end) throw new Error(`never: ${ready.toString()}\n${document.body.textContent}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const one = <T extends Element = HTMLElement>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`no ${selector} in ${document.body.textContent}`);
  return found;
};
const texts = (selector: string) =>
  [...document.querySelectorAll(selector)].map((each) => each.textContent?.replace(/\s+/g, " ").trim() ?? "");
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** The control of a question, found by its label as a person finds it. */
function control(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label, legend")].find((each) => each.textContent?.trim().startsWith(label));
  if (!found) throw new Error(`no question ${label} among ${texts("label, legend").join(" / ")}`);
  const id = found.getAttribute("for");
  const inside = found.querySelector("input") ?? found.parentElement?.querySelector("input");
  return (id ? document.getElementById(id) : inside) as HTMLInputElement;
}

async function type(label: string, text: string): Promise<void> {
  const box = control(label);
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

async function press(text: string): Promise<void> {
  const buttons = [...document.querySelectorAll("button")];
  const button = buttons.find((each) => each.textContent?.includes(text));
  if (!button) throw new Error(`no button ${text} among ${texts("button").join(" / ")}`);
  button.click();
  await settled();
}

async function pick(label: string): Promise<void> {
  control(label).click();
  await settled();
}

async function openForm(config: Record<string, unknown> = {}): Promise<DoorstepForm> {
  const settings = {
    formXmlUrl: site.serve("/form.xml", formXml("every_question")),
    submitUrl: site.url("/submission"),
    csrfToken: "token",
    language: "zh",
    attachments: PERSON,
    prefill: { person: "p1" },
    fixed: ["person"],
    ...config,
  };
  const element = document.createElement("doorstep-form") as DoorstepForm;
  element.innerHTML = `<script type="application/json">${JSON.stringify(settings)}</script>`;
  document.body.append(element);
  await until(() => element.form);
  await settled();
  return element;
}

/** Goes through all the pages with the least that is needed. */
async function fillToTheEnd(): Promise<void> {
  await type("短文字", "小梅");
  await press("下一页");
  await type("脉搏", "80");
  await press("下一页");
  await pick("不好");
  await pick("是");
  await press("下一页");
}

test("an answer the page gave is shown and cannot be changed", async () => {
  await openForm();
  assert.deepEqual(texts(".df-fixed"), ["本人 王小梅"]);
  assert.equal(document.querySelectorAll(".df-given input").length, 0);
  assert.equal(texts("label, legend").some((label) => label.startsWith("本人")), false);
});

test("one page for each group, and the way through them", async () => {
  await openForm();
  assert.deepEqual([texts(".df-progress span"), texts(".df-page-title")], [["1 / 4"], ["文字"]]);
  await type("短文字", "小梅");
  await press("下一页");
  assert.deepEqual([texts(".df-progress span"), texts(".df-page-title")], [["2 / 4"], ["数字"]]);
  await press("上一页");
  assert.deepEqual(texts(".df-page-title"), ["文字"]);
  assert.equal(control("短文字").value, "小梅");
});

test("a page with something missing is not left; the list leads to it", async () => {
  await openForm();
  await press("下一页");
  assert.deepEqual(texts(".df-page-title"), ["文字"]);
  assert.deepEqual(texts("#df-summary li"), ["短文字请填写这一项。"]);
  assert.equal(document.activeElement?.id, "df-summary");
  one<HTMLAnchorElement>("#df-summary a").click();
  await settled();
  const box = control("短文字");
  assert.equal(document.activeElement, box);
  assert.equal(box.getAttribute("aria-invalid"), "true");
  const described = (box.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent?.trim());
  assert.deepEqual(described, ["家里人怎么叫", "▲ 请填写这一项。"]);
  await type("短文字", "小梅");
  assert.deepEqual(texts("#df-summary"), []);
});

test("what does not fit is said once the person has left it, what is missing only later", async () => {
  await openForm();
  await type("短文字", "一二三四五六七八九");
  assert.deepEqual(texts(".df-trouble"), ["▲ 最多8个字。"]);
  await type("短文字", "");
  assert.deepEqual(texts(".df-trouble"), []);
});

test("what is not a number is kept in its box and keeps the page from being left", async () => {
  await openForm();
  await type("短文字", "小梅");
  await press("下一页");
  await type("脉搏", "80");
  await type("体重", "6o.5");
  assert.equal(control("体重").value, "6o.5");
  assert.deepEqual(texts(".df-trouble"), ["▲ 请填数字，例如 60.5。"]);
  await press("下一页");
  assert.deepEqual(texts("#df-summary li"), ["体重（公斤）请填数字，例如 60.5。"]);
  await type("体重", "６０．５");
  await press("下一页");
  assert.deepEqual(texts(".df-page-title"), ["选择"]);
});

test("the record goes out as OpenRosa wants it, once", async () => {
  const element = await openForm({ counter: 41 });
  await fillToTheEnd();
  one<HTMLButtonElement>(".df-main").click();
  one<HTMLButtonElement>(".df-main").click(); // pressed twice
  await until(() => texts(".df-plain h2")[0]);
  assert.equal(site.sent.length, 1);
  assert.deepEqual(texts(".df-plain h2"), ["已保存"]);
  const [sent] = site.sent;
  assert.equal(sent?.headers["x-csrftoken"], "token");
  assert.equal(sent?.headers["x-openrosa-version"], "1.0");
  assert.deepEqual([...(sent?.form.keys() ?? [])], ["xml_submission_file"]);
  const file = sent?.form.get("xml_submission_file") as File;
  assert.deepEqual([file.name, file.type], ["xml_submission_file", "text/xml"]);
  const answers = answersOf(await file.text());
  assert.deepEqual([answers["person"], answers["words/nickname"], answers["figures/pulse"]], ["p1", "小梅", "80"]);
  const record = new DOMParser().parseFromString(await file.text(), "application/xml").documentElement;
  assert.deepEqual(["id", "version", "counter"].map((name) => record.getAttribute(name)), ["every_question", "1", "41"]);
  assert.equal(record.querySelector("instanceID")?.textContent, element.form?.instanceId);
});

test("without a network all is kept, and the very same record goes out later", async () => {
  await openForm();
  await fillToTheEnd();
  await site.stop();
  await press("保存记录");
  await until(() => texts("#df-outcome")[0]);
  assert.deepEqual(texts("#df-outcome h2"), ["还没有发出去：没有网络"]);
  assert.deepEqual(texts(".df-main"), ["再发一次"]);
  assert.equal(control("条码").disabled, false);
  await site.start();
  await press("再发一次");
  await until(() => texts(".df-plain h2")[0]);
  assert.equal(answersOf(await (site.sent[0]?.form.get("xml_submission_file") as File).text())["words/nickname"], "小梅");
});

test("an answer lost on the way: the same bytes are sent again", async () => {
  await openForm();
  await fillToTheEnd();
  site.answer = { status: 503, type: "text/plain", body: "" };
  await press("保存记录");
  await until(() => texts("#df-outcome")[0]);
  assert.deepEqual(texts("#df-outcome h2"), ["没有保存：服务器出了问题"]);
  site.answer = { status: 202, type: "application/json", body: "{}" };
  await press("再发一次");
  await until(() => texts(".df-plain h2")[0]);
  const [first, second] = await Promise.all(site.sent.map((sent) => (sent.form.get("xml_submission_file") as File).text()));
  assert.equal(site.sent.length, 2);
  assert.match(first ?? "", /<end>.+<\/end>/); // a clock's time: writing the record out again would change it
  assert.equal(second, first);
  assert.equal(new DOMParser().parseFromString(first ?? "", "application/xml").documentElement.getAttribute("counter"), null);
});

test("a refusal is shown in the server's words; what is put right keeps its id", async () => {
  await openForm();
  await fillToTheEnd();
  site.answer = { status: 400, type: "application/json", body: '{"message": "这个人不在您的片区。"}' };
  await press("保存记录");
  await until(() => texts("#df-outcome")[0]);
  assert.deepEqual(texts("#df-outcome p"), ["这个人不在您的片区。", "您填的内容还在。请改好后再保存。"]);
  await type("条码", "A7");
  site.answer = { status: 201, type: "application/json", body: "{}" };
  await press("保存记录");
  await until(() => texts(".df-plain h2")[0]);
  const [first, second] = await Promise.all(site.sent.map((sent) => (sent.form.get("xml_submission_file") as File).text()));
  const id = (xml: string | undefined) => /<instanceID>(.*?)<\/instanceID>/.exec(xml ?? "")?.[1];
  assert.equal(id(second), id(first));
  assert.equal(answersOf(second ?? "")["papers/label_code"], "A7");
});

test("an OpenRosa refusal and a plain one are read too", async () => {
  await openForm();
  await fillToTheEnd();
  const body = '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>Form closed.</message></OpenRosaResponse>';
  site.answer = { status: 403, type: "text/xml", body };
  await press("保存记录");
  await until(() => texts("#df-outcome p")[0] === "Form closed.");
  site.answer = { status: 413, type: "text/plain; charset=utf-8", body: "Too big." };
  await press("保存记录");
  await until(() => texts("#df-outcome p")[0] === "Too big.");
  site.answer = { status: 401, type: "text/html", body: "" };
  await press("保存记录");
  await until(() => texts("#df-outcome h2")[0] === "您已退出登录");
  site.answer = { status: 200, type: "text/html", body: "<p>Welcome</p>" };
  await press("再发一次");
  await until(() => texts("#df-outcome h2")[0] === "没有保存：服务器出了问题");
});

test("the language turns while the form is open", async () => {
  const element = await openForm();
  await type("短文字", "小梅");
  await press("English");
  assert.deepEqual(texts(".df-page-title"), ["Words"]);
  assert.equal(control("Short text").value, "小梅");
  assert.deepEqual([texts(".df-main"), element.lang], [["Next"], "en"]);
  element.setAttribute("language", "zh");
  await settled();
  assert.deepEqual(texts(".df-main"), ["下一页"]);
});

test("a long list is searched and picked from with the keyboard", async () => {
  await openForm();
  await type("短文字", "小梅");
  await press("下一页");
  await type("脉搏", "80");
  await press("下一页");
  const box = control("村");
  assert.equal(box.getAttribute("role"), "combobox");
  box.dispatchEvent(new Event("focus"));
  await settled();
  box.value = "2号";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  assert.deepEqual(texts("[role=option]"), ["2号村", "12号村", "22号村"]);
  const key = async (name: string) => {
    box.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    await settled();
  };
  await key("ArrowDown");
  assert.equal(document.getElementById(box.getAttribute("aria-activedescendant") ?? "")?.textContent?.trim(), "12号村");
  await key("Enter");
  assert.deepEqual([box.value, texts("[role=option]")], ["12号村", []]);
});

test("several babies: one more, and one less after being asked", async () => {
  await openForm();
  await type("短文字", "小梅");
  await press("下一页");
  await type("脉搏", "80");
  await press("下一页");
  await pick("好");
  await pick("是");
  await press("下一页");
  assert.deepEqual(texts(".df-item legend.df-group-title"), ["宝宝 1"]);
  await type("名字", "大宝");
  await press("添加：宝宝");
  assert.deepEqual(texts(".df-item legend.df-group-title"), ["宝宝 1", "宝宝 2"]);
  await press("删去"); // the first one, which has a name
  assert.deepEqual(texts(".df-sure p"), ["这里填的内容会一起删去。"]);
  await press("留着");
  assert.equal(document.querySelectorAll(".df-item").length, 2);
  await press("删去");
  await press("是，删去");
  assert.deepEqual(texts(".df-item legend.df-group-title"), ["宝宝 1"]);
  assert.equal(control("名字").value, "");
});

test("every control has a name, every question a label or a legend", async () => {
  await openForm();
  const nameless: string[] = [];
  const look = () => {
    for (const input of document.querySelectorAll<HTMLInputElement>("input, textarea, button")) {
      const name = input.textContent?.trim() || input.getAttribute("aria-label") || [...(input.labels ?? [])].map((each) => each.textContent).join("");
      if (!name?.trim()) nameless.push(input.outerHTML);
    }
    for (const fieldset of document.querySelectorAll("fieldset")) {
      if (!fieldset.querySelector(":scope > legend")?.textContent?.trim()) nameless.push(fieldset.outerHTML);
    }
  };
  look();
  await type("短文字", "小梅");
  await press("下一页");
  look();
  await type("脉搏", "80");
  await press("下一页");
  await pick("不好");
  look();
  await pick("是");
  await press("下一页");
  look();
  assert.deepEqual(texts(".df-page-title"), ["材料"]);
  assert.deepEqual(nameless, []);
});

test("a record is corrected on the page", async () => {
  await openForm();
  await fillToTheEnd();
  await press("保存记录");
  await until(() => site.sent.length === 1 && texts(".df-plain h2")[0]);
  const before = await (site.sent[0]?.form.get("xml_submission_file") as File).text();
  document.body.replaceChildren();
  await openForm({ prefill: {}, edit: { instanceXml: site.serve("/instance.xml", before) } });
  assert.deepEqual(texts(".df-fixed"), ["本人 王小梅"]);
  assert.equal(control("短文字").value, "小梅");
  for (const _page of [1, 2, 3]) await press("下一页");
  await press("保存记录");
  await until(() => site.sent.length === 2);
  const after = await (site.sent[1]?.form.get("xml_submission_file") as File).text();
  assert.deepEqual(answersOf(after), answersOf(before));
  assert.match(after, /<deprecatedID>uuid:/);
});

test("a form that cannot be fetched can be asked for again", async () => {
  const element = document.createElement("doorstep-form") as DoorstepForm;
  const settings = { formXmlUrl: site.url("/later.xml"), submitUrl: site.url("/submission"), language: "en" };
  element.innerHTML = `<script type="application/json">${JSON.stringify(settings)}</script>`;
  document.body.append(element);
  await until(() => texts(".df-plain p")[0]?.startsWith("The form could not be fetched"));
  site.serve("/later.xml", formXml("every_question"));
  await press("Try again");
  await until(() => element.form);
});
