/** Days, ages and visits in words, as the pages online write them (`web/said.py`; one table of cases holds both). Pure. */

import { daysBetween, type State, stateOn, type Window } from "../field/met";
import { fill, type Words, wordsIn } from "./words";

const TODDLER_MONTHS = 36;
const NEWBORN_DAYS = 31;

/** What a page says with: its language, and the day it is seen on. */
export class Said {
  readonly words: Words;

  constructor(
    readonly language: string,
    readonly today: string,
  ) {
    this.words = wordsIn(language);
  }

  wholeDay(on: string): string {
    return this.put(this.words.wholeDay, on);
  }

  /** The year only when it is not this one. */
  day(on: string): string {
    return on.slice(0, 4) === this.today.slice(0, 4) ? this.put(this.words.day, on) : this.wholeDay(on);
  }

  /** Years, for the small in months, for the newborn in days. '' when not known. */
  age(born: string | null): string {
    const { today, words } = this;
    if (born === null || today < born) return "";
    const days = daysBetween(born, today);
    if (days <= NEWBORN_DAYS) return fill(days === 1 ? words.ageDay : words.ageDays, { n: days });
    const [year, month, day] = parts(born);
    const [nowYear, nowMonth, nowDay] = parts(today);
    const months = (nowYear - year) * 12 + nowMonth - month - (nowDay < day ? 1 : 0);
    if (months < TODDLER_MONTHS) return fill(months === 1 ? words.ageMonth : words.ageMonths, { n: months });
    const years = Math.floor(months / 12);
    return fill(years === 1 ? words.ageYear : words.ageYears, { n: years });
  }

  /** One sentence that says when a visit is due. */
  when(window: Window): string {
    const { words, today } = this;
    const { from, due, until } = window;
    const state = stateOn({ ...window, met: null }, today);
    if (state === "unknown") return words.needMore;
    if (state === "overdue") return this.overdue(window);
    if (until === null) {
      if (from !== null && due !== null && today < from) return fill(words.fromBest, { from: this.day(from), due: this.day(due) });
      if (due !== null) return fill(words.by, { due: this.day(due) });
      return from !== null ? fill(words.fromOn, { from: this.day(from) }) : "";
    }
    if (from !== null && today < from) return fill(words.fromTo, { from: this.day(from), until: this.day(until) });
    if (due !== null && due < until) return fill(words.bestBy, { due: this.day(due), until: this.day(until) });
    return fill(words.by, { due: this.day(until) });
  }

  /** How a visit stands, in a word or two. */
  state(window: Window): string {
    const found: State = stateOn(window, this.today);
    if (found === "met" && window.met) return fill(this.words.doneOn, { day: this.day(window.met) });
    return this.words[`state_${found}`];
  }

  /** How far a course of care has come: '17 weeks and 3 days', '5 months'. */
  soFar(unit: "week" | "month", since: string): string {
    const { words } = this;
    const days = daysBetween(since, this.today);
    const n = Math.floor(days / (unit === "week" ? 7 : 30));
    if (unit === "month") return fill(n === 1 ? words.ageMonth : words.ageMonths, { n });
    return days % 7 ? fill(words.weeksDays, { n, days: days % 7 }) : fill(words.weeks, { n });
  }

  /** A moment by this phone's clock: the day, and the time of it. */
  moment(at: number): string {
    const then = new Date(at);
    const two = (n: number) => String(n).padStart(2, "0");
    const on = `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
    return `${this.day(on)} ${two(then.getHours())}:${two(then.getMinutes())}`;
  }

  private overdue({ due, until }: Window): string {
    const { words, today } = this;
    if (until !== null && today <= until && due !== null) return fill(words.wasBest, { due: this.day(due), until: this.day(until) });
    const by = until ?? due;
    if (by === null) return "";
    const n = daysBetween(by, today);
    return fill(n === 1 ? words.dueDayAgo : words.dueDaysAgo, { due: this.day(by), n });
  }

  private put(words: string, on: string): string {
    const [year, m, d] = parts(on);
    return fill(words, { year, m, d, month: this.words.months.split(" ")[m - 1] ?? "" });
  }
}

function parts(day: string): [number, number, number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}
