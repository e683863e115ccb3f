/** A real server for the component: it gives the form and keeps what is sent. */

import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Sent {
  readonly headers: IncomingHttpHeaders;
  readonly form: FormData;
}

export class Site {
  readonly sent: Sent[] = [];
  answer: { status: number; type: string; body: string } = { status: 201, type: "application/json", body: "{}" };
  private readonly server: Server;
  private port = 0;
  private readonly texts = new Map<string, string>();

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        void (async () => {
          if (request.method === "POST") {
            const headers = { "content-type": request.headers["content-type"] ?? "" };
            const form = await new Response(Buffer.concat(chunks), { headers }).formData();
            this.sent.push({ headers: request.headers, form });
            response.writeHead(this.answer.status, { "content-type": this.answer.type }).end(this.answer.body);
            return;
          }
          const text = this.texts.get(request.url ?? "");
          response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/xml" }).end(text ?? "");
        })();
      });
    });
  }

  /** Listens; after `stop` at the same address again. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** After this nothing listens any more: what a phone without network meets. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  serve(path: string, text: string): string {
    this.texts.set(path, text);
    return this.url(path);
  }
}
