// A Python traceback in parts: frames of libraries, which are rarely where the fault is, fold into one line. Pure.

export type TracePart =
  | { lines: readonly string[] }
  | { folded: readonly string[]; frames: number; from: string };

interface Block {
  lines: string[];
  /** The package that a frame is of; null for what is no frame, and for somebody's own code. */
  library: string | null;
  isFrame: boolean;
}

const FRAME = /^\s*File "([^"]*)", line \d+/;
/** A fold of one frame would take as much room as the frame. */
const FEWEST = 2;

export function traceParts(text: string): TracePart[] {
  const blocks = blocksOf(text.split("\n"));
  const parts: TracePart[] = [];
  for (let start = 0; start < blocks.length; ) {
    let end = start;
    while (end < blocks.length && blocks[end]?.library != null) end += 1;
    // The frame that raised is worth seeing, whosever it is.
    if (end > start && !blocks[end]?.isFrame) end -= 1;
    const run = blocks.slice(start, end);
    if (run.length >= FEWEST) {
      const from = [...new Set(run.map(({ library }) => library))].join(", ");
      parts.push({ folded: run.flatMap(({ lines }) => lines), frames: run.length, from });
      start = end;
    } else {
      const next = Math.max(end, start + 1);
      parts.push({ lines: blocks.slice(start, next).flatMap(({ lines }) => lines) });
      start = next;
    }
  }
  return parts;
}

/** A frame is its line and the indented ones after it: the code, and the marks under it. */
function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const path = FRAME.exec(line)?.[1];
    const last = blocks.at(-1);
    if (path !== undefined) blocks.push({ lines: [line], library: libraryOf(path), isFrame: true });
    else if (last?.isFrame && line.startsWith("    ")) last.lines.push(line);
    else blocks.push({ lines: [line], library: null, isFrame: false });
  }
  return blocks;
}

function libraryOf(path: string): string | null {
  const installed = /[\\/](?:site|dist)-packages[\\/]([^\\/]+)/.exec(path)?.[1]?.replace(/\.py$/, "");
  // What a kind's handler does is its author's own, also where it came as a package of handlers.
  if (/[\\/]jobyard[\\/](?!handlers[\\/])/.test(path)) return "jobyard";
  if (installed === "jobyard") return null;
  if (installed) return installed;
  return /[\\/]lib[\\/]python3[^\\/]*[\\/]|^<frozen /.test(path) ? "Python" : null;
}
