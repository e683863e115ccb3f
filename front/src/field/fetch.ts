/** Fetching: whom this phone's worker looks after, page by page, until the server has nothing more to tell (docs/sync.md). */

import type { Answer } from "./kit";
import type { Pulled } from "./pulled";
import type { Replica } from "./replica";
import type { Outcome } from "./sync";

/** One question to the server. @throws when no whole answer came back. */
export interface Asking {
  pull(since: string): Promise<Answer>;
}

const MOST_PAGES = 500; // of one turn; a server that always has more is asked again later

/**
 * Take in what is new. Every page is kept whole before the next is asked for, so that a line cut anywhere loses nothing.
 * A phone that was signed out lets go of everybody; its outbox stays. `erase`: what is done with the marks of erased records.
 */
export async function fetchNew(replica: Replica, asking: Asking, erase?: (marks: readonly string[]) => Promise<unknown>): Promise<Outcome> {
  for (let page = 0; page < MOST_PAGES; page++) {
    let answer;
    try {
      answer = await asking.pull(await replica.since());
    } catch {
      return { state: "later", why: "no_network" };
    }
    if (answer.status === 401) return { state: "stopped", why: "unknown_phone" };
    if (answer.status === 403 && codeOf(answer.body) === "sync.signed_out") {
      await replica.forget();
      return { state: "stopped", why: "signed_out" };
    }
    if (answer.status !== 200) return { state: "later", why: "server" };
    const pulled = readPulled(answer.body);
    if (!pulled) return { state: "later", why: "not_whole" };
    if (pulled.erased?.length) await erase?.(pulled.erased); // before the page counts as taken in: cut here, it comes again
    await replica.apply(pulled);
    if (!pulled.more) return { state: "done" };
  }
  return { state: "later", why: "server" };
}

function codeOf(body: string): string {
  try {
    return String((JSON.parse(body) as { problem?: { code?: string } }).problem?.code ?? "");
  } catch {
    return ""; // cut on its way
  }
}

function readPulled(body: string): Pulled | null {
  try {
    const told = JSON.parse(body) as Pulled;
    const whole = Number.isSafeInteger(told.epoch) && typeof told.since === "string" && Array.isArray(told.people);
    return whole && Array.isArray(told.families) && Array.isArray(told.gone.people) ? told : null;
  } catch {
    return null; // cut on its way
  }
}
