// A mail server on loopback that keeps what it is given: for the links that Jobyard sends.

import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

export class Mailbox {
  readonly #letters: Letter[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Mailbox> {
    const server = createServer();
    const mailbox = new Mailbox(server);
    server.on("connection", (socket) => mailbox.#serve(socket));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, "127.0.0.1", resolve);
    await promise;
    return mailbox;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What came for an address, oldest first. */
  to(address: string): Letter[] {
    return this.#letters.filter((letter) => letter.to.toLowerCase() === address.toLowerCase());
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #serve(socket: Socket): void {
    let unread = "";
    let to = "";
    let inLetter = false;
    socket.setEncoding("utf8").on("error", () => socket.destroy());
    socket.write("220 mailbox\r\n");
    socket.on("data", (part) => {
      unread += String(part);
      for (;;) {
        const end = unread.indexOf(inLetter ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const said = unread.slice(0, end);
        unread = unread.slice(end + (inLetter ? 5 : 2));
        if (inLetter) {
          this.#letters.push(read(to, said));
          inLetter = false;
          socket.write("250 kept\r\n");
          continue;
        }
        const [verb = ""] = said.toUpperCase().split(/[ :]/);
        to = /^RCPT TO:<([^>]*)>/i.exec(said)?.[1] ?? to;
        inLetter = verb === "DATA";
        socket.write(verb === "DATA" ? "354 go on\r\n" : verb === "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
        if (verb === "QUIT") socket.end();
      }
    });
  }
}

/** Our letters are plain ASCII text; a long line of a link may be folded as quoted-printable. */
function read(to: string, letter: string): Letter {
  const [head = "", ...body] = letter.split("\r\n\r\n");
  const subject = /^Subject: (.*)$/m.exec(head.replaceAll("\r", ""))?.[1] ?? "";
  const isQuoted = /^Content-Transfer-Encoding: quoted-printable/im.test(head);
  const raw = body.join("\n\n").replaceAll("\r\n", "\n");
  const text = isQuoted
    ? raw
        .replaceAll("=\n", "")
        .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : raw;
  return { to, subject, text };
}

/** The link in a letter. */
export function linkIn(letter: Letter | undefined): string {
  const link = /https?:\/\/\S+/g;
  const found = letter?.text.match(link)?.find((one) => one.includes("#"));
  if (!found) throw new Error(`There is no link in: ${letter?.text ?? "no letter"}`);
  return found;
}
