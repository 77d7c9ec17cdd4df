import { describe, expect, it } from "vitest";
import { traceParts } from "./frames";

const frame = (path: string) => `  File "${path}", line 8, in f\n    await g()\n          ~^^`;
const HTTPX = "/srv/.venv/lib/python3.11/site-packages/httpx/_client.py";
const OWN = "/srv/kinds/webhook.py";
const shown = (...frames: string[]) =>
  traceParts(["Traceback (most recent call last):", ...frames.map(frame), "Boom: it broke"].join("\n")).map(
    (part) => ("folded" in part ? `${part.frames} of ${part.from}` : part.lines.join("|").slice(0, 90)),
  );

describe("a traceback in parts", () => {
  it("folds frames of libraries, and keeps the one that raised", () => {
    expect(
      shown(
        "/srv/.venv/lib/python3.11/site-packages/jobyard/worker/executor.py",
        HTTPX,
        OWN,
        HTTPX,
        HTTPX,
        HTTPX,
      ),
    ).toEqual([
      "Traceback (most recent call last):",
      "2 of jobyard, httpx",
      expect.stringContaining(OWN),
      "2 of httpx",
      expect.stringContaining("httpx/_client.py"),
      "Boom: it broke",
    ]);
  });

  it("folds nothing where there is nothing to gain, and takes any text", () => {
    expect(shown(OWN, HTTPX)).toHaveLength(4);
    expect(traceParts("no traceback at all\nbut two lines")).toHaveLength(2);
    expect(traceParts("")).toEqual([{ lines: [""] }]);
  });

  it("keeps a handler of the server's own, and loses no line", () => {
    const text = [
      frame("/opt/jobyard/handlers/demo.py"),
      frame(HTTPX),
      frame(HTTPX),
      frame(HTTPX),
      "E: x",
    ].join("\n");
    const parts = traceParts(text);
    expect(parts.flatMap((part) => ("folded" in part ? part.folded : part.lines)).join("\n")).toBe(text);
    expect(parts[0]).toMatchObject({
      lines: [expect.stringContaining("handlers/demo.py"), expect.anything(), expect.anything()],
    });
  });
});
