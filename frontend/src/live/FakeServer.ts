import { vi } from "vitest";

/** The other end of every WebSocket that the page opens while it is installed: tests say what the server does. */
export class FakeServer {
  readonly lines: FakeLine[] = [];

  /** Takes the place of `WebSocket`; undone by vitest's `unstubGlobals`. */
  install(): this {
    const { lines } = this;
    vi.stubGlobal(
      "WebSocket",
      class extends FakeLine {
        constructor(url: string) {
          super(url);
          lines.push(this);
        }
      },
    );
    return this;
  }

  /** The newest line. */
  get line(): FakeLine {
    const line = this.lines.at(-1);
    if (!line) throw new Error("The page has opened no socket yet.");
    return line;
  }
}

export class FakeLine {
  static readonly OPEN = 1;
  readyState = 0;
  readonly received: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The page's side of it. */
  send(data: string): void {
    this.received.push(JSON.parse(data));
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server's side of it. */
  open(): void {
    this.readyState = FakeLine.OPEN;
    this.onopen?.();
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  hangUp(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
