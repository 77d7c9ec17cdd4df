import { Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Json, stringifyExact } from "@/api/exactJson";
import { Card } from "@/ui/Card";
import { IconButton } from "@/ui/IconButton";
import { Seg } from "@/ui/Seg";
import { NBSP } from "@/ui/time";
import { visible } from "@/ui/visible";
import { copyAndTell } from "../notices";
import { JsonTree } from "./JsonTree";

/** A payload or a result: as a tree or as its text, and to take along. */
export function JsonCard({
  title,
  value,
  masked = false,
  action,
}: {
  title: string;
  value: Json;
  /** The server hid secret fields in it. */
  masked?: boolean;
  /** What else can be done with it. */
  action?: ReactNode;
}) {
  const [look, setLook] = useState<"tree" | "text">("tree");
  const text = stringifyExact(value, 2);
  return (
    <Card
      title={title}
      note={<span className="text-12 text-fg-3">{size(stringifyExact(value))}</span>}
      end={
        <>
          {action}
          <Seg
            label={`${title} as`}
            value={look}
            onChange={setLook}
            options={[
              { value: "tree", label: "Tree" },
              { value: "text", label: "Text" },
            ]}
          />
          <IconButton
            label={`Copy the ${title.toLowerCase()}`}
            icon={<Copy aria-hidden="true" />}
            onClick={() => void copyAndTell(text, `the ${title.toLowerCase()}`)}
          />
        </>
      }
    >
      {look === "tree" ? (
        <JsonTree value={value} masked={masked} />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0} className="code-12 overflow-auto px-3.5 py-3 leading-5 -outline-offset-2!">
          {visible(text)}
        </pre>
      )}
    </Card>
  );
}

function size(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  return bytes < 1_000 ? `${bytes}${NBSP}B` : `${(bytes / 1_000).toFixed(1)}${NBSP}kB`;
}
