import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./Button";

const SAID_MS = 2_000;

/** Code to paste elsewhere, with a button that copies all of it: or `copied`, where what is shown is cut. */
export function CopyCode({ label, code, copied = code }: { label: string; code: string; copied?: string }) {
  return (
    <figure className="overflow-hidden rounded-card border text-left">
      <figcaption className="flex min-h-10 items-center gap-2 border-b bg-surface-2 pr-2 pl-3.5 text-12 text-fg-2">
        <span className="flex-1">{label}</span>
        <CopyButton text={copied} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="code-12 overflow-auto px-3.5 py-3 leading-5 -outline-offset-2!">
        {code}
      </pre>
    </figure>
  );
}

export function CopyButton({ text, children = "Copy" }: { text: string; children?: React.ReactNode }) {
  const [said, setSaid] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid("copied"),
      () => setSaid("refused"),
    );
  return (
    <Button
      size="sm"
      icon={said === "copied" ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      onClick={() => void copy()}
    >
      {said === "copied" ? "Copied" : said === "refused" ? "The browser refused" : children}
    </Button>
  );
}
