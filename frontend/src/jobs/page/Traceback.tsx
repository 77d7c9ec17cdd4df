import type { ReactNode } from "react";

interface Failure {
  type: string;
  message: string;
  traceback: string | null;
}

/** What Python said, with the places and the error itself standing out; without a traceback the whole message. */
export function Traceback({ error }: { error: Failure }) {
  const text = error.traceback?.trimEnd() || `${error.type}: ${error.message}`;
  const lines = text.split("\n");
  const last = lines.findLastIndex((line) => line.trim() !== "" && !line.startsWith(" "));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0} className={BOX}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text never move
        <span key={index} className={index === last ? "block w-max min-w-full bg-failed-bg" : "block"}>
          {index === last ? errorLine(line) : frameLine(line)}
        </span>
      ))}
    </pre>
  );
}

const BOX = "code-12 overflow-auto border-t bg-surface-2 px-3.5 py-3 leading-5 -outline-offset-2!";
const FRAME = /^(\s*File )("[^"]*")(, line )(\d+)(.*)$/;

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
