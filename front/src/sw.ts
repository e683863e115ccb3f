/**
 * The service worker of `/phone/`: keeps the files of the app, and nothing else, for days without a network.
 *
 * The server writes `self.KEPT` before this text: every file with the hash of its content. Only these are ever put into the
 * browser's cache, and each only if it is exactly what was promised; answers about people pass by untouched. A new version
 * waits until the person says so: an open form is never taken away from under her hands.
 */

interface Kept {
  readonly version: string;
  readonly shell: string;
  readonly files: Readonly<Record<string, string>>; // address → integrity
}

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Asked extends Waits {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Worker extends EventTarget {
  readonly KEPT: Kept;
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

const worker = self as unknown as Worker;
const { version, shell, files } = worker.KEPT;
const OURS = "doorstep-";
const NAME = OURS + version;

worker.addEventListener("install", (event) => (event as Waits).waitUntil(fetchAll()));
worker.addEventListener("activate", (event) => (event as Waits).waitUntil(takeOver()));
worker.addEventListener("message", (event) => {
  if ((event as MessageEvent<unknown>).data === "take over") void worker.skipWaiting();
});
worker.addEventListener("fetch", (event) => {
  const asked = event as Asked;
  const name = nameOf(asked.request);
  if (name) asked.respondWith(fromCache(name, asked.request));
});

async function fetchAll(): Promise<void> {
  const cache = await caches.open(NAME);
  for (const [address, integrity] of Object.entries(files)) {
    if (await cache.match(address)) continue; // a first try was cut off: go on where it ended
    const answer = await fetch(address, { integrity, cache: "no-cache", credentials: "omit" });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }
}

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Which kept file answers a request, '' for none. */
function nameOf(request: Request): string {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return "";
  if (request.mode === "navigate") return url.pathname === shell ? shell : "";
  return url.pathname in files && url.pathname !== shell && !url.search ? url.pathname : "";
}

/** Kept files are the answer with and without a network, so that page and script are always of one version. */
async function fromCache(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  return (await cache.match(name)) ?? (await fetch(request));
}
