/** Ending a service, or wanting it again: one press, no reason (charter C3, C6). It is a record like any other. */

import { plusDays } from "../field/met";
import type { Person, Service } from "../field/pulled";
import { FormRunner } from "../forms/runner";
import { aboutOf, SERVICE_END, SERVICE_WANTED } from "./about";
import { people } from "./lists";
import type { Desk } from "./pages/page";

/** On one day an ending counts last, so a wish on the very day of an ending is dated the day after it. Says whether it was saved. */
export async function sayService(desk: Desk, person: Person, service: Service, ends: boolean): Promise<boolean> {
  const { book, replica, rooms, said } = desk;
  const form = book.form(ends ? SERVICE_END : SERVICE_WANTED);
  const formXml = form && (await replica.xml(form.id, form.version));
  if (!form || formXml === undefined) return false;
  const here = book.of(person.id).filter(({ about }) => about.ends === service.id).map(({ about }) => about.on);
  const ended = [service.ended ?? "", ...here].sort().at(-1) ?? "";
  const on = !ends && ended >= said.today ? plusDays(ended, 1) : said.today;
  try {
    const runner = await FormRunner.load(formXml, {
      attachments: { "person.csv": people([person]) },
      prefill: { person: person.id, service: service.id, on },
      counter: String((await rooms.outbox.written()) + 1),
    });
    const { instanceId, parts } = await runner.serialise();
    const recordXml = (await parts.find(({ name }) => name === "xml_submission_file")?.file.text()) ?? "";
    const about = aboutOf({ form: { ...form, on: "on" }, version: form.version, formXml, recordXml, person: person.id, family: "" }, [], said);
    await rooms.outbox.add(instanceId, recordXml, { about });
  } catch (error) {
    console.warn("service not saved", error);
    return false;
  }
  rooms.loop.saved();
  desk.saved();
  return true;
}
