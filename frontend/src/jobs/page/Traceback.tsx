import { type ReactNode, useState } from "react";
import { visible } from "@/ui/visible";
import { type TracePart, traceParts } from "./frames";

interface Failure {
  type: string;
  message: string;
  traceback: string | null;
}

/** What Python said, with the places and the error itself standing out; without a traceback the whole message. */
export function Traceback({ error }: { error: Failure }) {
  const text = visible(error.traceback?.trimEnd() || `${error.type}: ${error.message}`);
  const parts = traceParts(text);
  const last = parts.findLastIndex((part) => "lines" in part && part.lines.some(isError));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0} className={BOX}>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text never move
        <Part key={index} part={part} isLast={index === last} />
      ))}
    </pre>
  );
}

const BOX = "code-12 overflow-auto border-t bg-surface-2 px-3.5 py-3 leading-5 -outline-offset-2!";
const FRAME = /^(\s*File )("[^"]*")(, line )(\d+)(.*)$/;

function Part({ part, isLast }: { part: TracePart; isLast: boolean }) {
  const [open, setOpen] = useState(false);
  if ("folded" in part && !open) {
    return (
      <button type="button" className="link block pl-[2ch] text-fg-3" onClick={() => setOpen(true)}>
        {part.frames} frames in {part.from}
      </button>
    );
  }
  const lines = "folded" in part ? part.folded : part.lines;
  const error = isLast ? lines.findLastIndex(isError) : -1;
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text never move
    <span key={index} className={index === error ? "block w-max min-w-full bg-failed-bg" : "block"}>
      {index === error ? errorLine(line) : frameLine(line)}
    </span>
  ));
}

/** The type and message of what was raised stand at the left edge. */
function isError(line: string): boolean {
  return line.trim() !== "" && !line.startsWith(" ");
}

function frameLine(line: string): ReactNode {
  const frame = FRAME.exec(line);
  if (!frame) return line.startsWith(" ") ? line || "\n" : <span className="text-fg-3">{line || "\n"}</span>;
  return (
    <>
      {frame[1]}
      <span className="text-completed">{frame[2]}</span>
      {frame[3]}
      <span className="text-running">{frame[4]}</span>
      {frame[5]}
    </>
  );
}

function errorLine(line: string): ReactNode {
  const colon = line.indexOf(":");
  return (
    <>
      <span className="font-medium text-failed">{colon < 0 ? line : line.slice(0, colon)}</span>
      {colon < 0 ? "" : line.slice(colon)}
    </>
  );
}
