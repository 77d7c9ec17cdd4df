// Where http.request jobs go to: a small server on loopback, which answers when the test wants it to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Received {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/**
 * `/held/…` is answered by `release`, `/status/503` with that status, everything else at once. Answers are 200 with JSON.
 */
export class Target {
  readonly received: Received[] = [];
  readonly #held = new Map<string, ServerResponse[]>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Target> {
    const server = createServer();
    const target = new Target(server);
    server.on("request", (request, response) => void target.#take(request, response));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    return target;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** How many requests for this path wait to be answered. */
  waiting(path: string): number {
    return this.#held.get(path)?.length ?? 0;
  }

  release(path: string): void {
    for (const response of this.#held.get(path) ?? []) answer(response, 200, { released: path });
    this.#held.delete(path);
  }

  async close(): Promise<void> {
    for (const path of [...this.#held.keys()]) this.release(path);
    this.#server.closeAllConnections();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const body = await text(request);
    this.received.push({ method: request.method ?? "", path, headers: request.headers, body });
    if (path.startsWith("/held/")) this.#held.set(path, [...(this.#held.get(path) ?? []), response]);
    else answer(response, Number(/^\/status\/(\d{3})$/.exec(path)?.[1] ?? 200), { path, order: 4711 });
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
