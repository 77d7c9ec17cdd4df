import { Search } from "lucide-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { cx } from "@/ui/cx";
import { Input } from "@/ui/Field";
import { Kbd } from "@/ui/Kbd";
import { useKeys } from "./useKeys";

/** A question to the server is worth asking when somebody stops typing for this long. */
const PAUSE_MS = 250;

/** Searches as one types. `/` leads here, Escape empties it and then leaves. */
export function SearchBox({
  label,
  placeholder,
  text,
  onSearch,
  className,
}: {
  label: string;
  placeholder: string;
  text: string;
  onSearch: (text: string) => void;
  className?: string;
}) {
  const [typed, setTyped] = useState(text);
  const [seen, setSeen] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  const asked = useRef(text);
  const ask = useEffectEvent((next: string) => {
    asked.current = next;
    onSearch(next);
  });
  if (text !== seen) {
    setSeen(text);
    // Changed from elsewhere: by 'Clear', a saved view, or Back. Our own question comes back later than the next letter.
    if (text !== asked.current) setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === seen) return;
    const timer = setTimeout(() => ask(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, seen]);
  useKeys({ "/": () => input.current?.focus() });
  return (
    <Input
      ref={input}
      boxSize="sm"
      type="search"
      aria-label={label}
      placeholder={placeholder}
      className={cx("flex-none", className)}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") ask(typed.trim());
        if (event.key !== "Escape") return;
        event.preventDefault();
        if (typed === "") event.currentTarget.blur();
        else {
          setTyped("");
          ask("");
        }
      }}
      before={<Search className="size-3.5 shrink-0 text-fg-3" strokeWidth={1.75} aria-hidden="true" />}
      after={
        typed === "" && (
          <span className="-mr-1 max-md:hidden">
            <Kbd>/</Kbd>
          </span>
        )
      }
    />
  );
}
