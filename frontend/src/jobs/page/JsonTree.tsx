import { ChevronRight } from "lucide-react";
import { createContext, useContext, useState } from "react";
import { isExactNumber, isObject, type Json } from "@/api/exactJson";
import { cx } from "@/ui/cx";
import { count } from "@/ui/time";
import { visible } from "@/ui/visible";
import { HIDDEN } from "../secrets";

/** Deeper than this everything starts folded, and so does a collection of more entries than the second. */
const OPEN_DEPTH = 2;
const OPEN_ENTRIES = 20;
/** Entries, and letters of a text, that are shown before somebody asks for more. */
const ENTRIES_AT_ONCE = 100;
const TEXT_AT_ONCE = 2_000;

/** A JSON value, foldable, as it was sent: numbers keep their digits. `masked`: the server hid secret fields in it. */
export function JsonTree({ value, masked = false }: { value: Json; masked?: boolean }) {
  return (
    <Masked value={masked}>
      <div className="code-12 overflow-auto px-3.5 py-3 leading-5">
        <Node value={value} depth={0} end="" />
      </div>
    </Masked>
  );
}

const Masked = createContext(false);

interface NodeProps {
  name?: string;
  value: Json;
  depth: number;
  /** The comma after it, if any. */
  end: string;
}

function Node({ name, value, depth, end }: NodeProps) {
  const entries = entriesOf(value);
  if (entries === null || entries.length === 0) {
    return (
      <div className="pl-4.5 wrap-anywhere">
        <Name name={name} />
        <Leaf value={value} />
        {end}
      </div>
    );
  }
  return <Collection {...{ name, value, depth, end, entries }} />;
}

type Entry = readonly [name: string | undefined, value: Json];

function Collection({
  name,
  value,
  depth,
  end,
  entries,
}: Omit<NodeProps, "name"> & { name: string | undefined; entries: readonly Entry[] }) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH && (depth === 0 || entries.length <= OPEN_ENTRIES));
  const [shown, setShown] = useState(ENTRIES_AT_ONCE);
  const [first, last] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const word = Array.isArray(value) ? "item" : "field";
  const size = `${count(entries.length)} ${word}${entries.length === 1 ? "" : "s"}`;
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        aria-label={`${name === undefined ? "All of it" : visible(name)}: ${size}`}
        onClick={() => setOpen(!open)}
        className="flex items-center rounded-tag text-left hover:bg-surface-3"
      >
        <ChevronRight
          className={cx(
            "mr-1 size-3.5 shrink-0 text-fg-3 transition-transform duration-90",
            open && "rotate-90",
          )}
          aria-hidden="true"
        />
        <span>
          <Name name={name} />
          {first}
          {!open && (
            <span className="text-fg-3">
              {" "}
              {size} {last}
              {end}
            </span>
          )}
        </span>
      </button>
      {open && (
        <>
          <div className="ml-[6px] border-l pl-3">
            {entries.slice(0, shown).map(([key, item], index) => (
              <Node
                key={key ?? index}
                {...(key === undefined ? {} : { name: key })}
                value={item}
                depth={depth + 1}
                end={index < entries.length - 1 ? "," : ""}
              />
            ))}
            {entries.length > shown && (
              <button
                type="button"
                className="link ml-4.5 font-sans"
                onClick={() => setShown(shown + 10 * ENTRIES_AT_ONCE)}
              >
                {count(entries.length - shown)} more
              </button>
            )}
          </div>
          <div className="pl-4.5">
            {last}
            {end}
          </div>
        </>
      )}
    </div>
  );
}

function Name({ name }: { name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <>
      <span className="font-medium">{quoted(name)}</span>
      {": "}
    </>
  );
}

function Leaf({ value }: { value: Json }) {
  if (typeof value === "string") return <Text text={value} />;
  if (isExactNumber(value)) return <span className="text-running">{value.toString()}</span>;
  if (typeof value === "number") return <span className="text-running">{String(value)}</span>;
  if (Array.isArray(value)) return "[]";
  if (isObject(value)) return "{}";
  return <span className="text-fg-2">{String(value)}</span>;
}

function Text({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  if (useContext(Masked) && text === HIDDEN) {
    return <span className="rounded-tag bg-surface-4 px-1.5 py-px font-sans text-fg-2">hidden</span>;
  }
  const long = text.length > TEXT_AT_ONCE && !all;
  return (
    <>
      <span className="text-completed">{quoted(long ? text.slice(0, TEXT_AT_ONCE) : text)}</span>
      {long && (
        <button type="button" className="link ml-2 font-sans" onClick={() => setAll(true)}>
          {count(text.length - TEXT_AT_ONCE)} more letters
        </button>
      )}
    </>
  );
}

/** As JSON writes it; what it leaves unseen is written out too. */
function quoted(text: string): string {
  return visible(JSON.stringify(text));
}

function entriesOf(value: Json): readonly Entry[] | null {
  if (Array.isArray(value)) return value.map((item) => [undefined, item] as const);
  return isObject(value) ? Object.entries(value) : null;
}
