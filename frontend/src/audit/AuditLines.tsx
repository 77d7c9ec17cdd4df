import { Link } from "@tanstack/react-router";
import { ChevronRight, CircleHelp, KeyRound, type LucideIcon, SquareTerminal, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import type { AuditLine } from "@/api/audit";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { RelativeTime } from "@/ui/Time";
import { exactTime } from "@/ui/time";
import { visible } from "@/ui/visible";
import { actionWord, actorText, detailText, isStriking, onWhom } from "./auditText";

const ICONS: Record<string, LucideIcon> = {
  user: UserRound,
  api_key: KeyRound,
  anonymous: CircleHelp,
  system: SquareTerminal,
};

/** One after the other, each to be opened for all that is known of it. */
export function AuditLines({
  lines,
  onActor,
}: {
  lines: readonly AuditLine[];
  /** Narrows the trail to who did this one. */
  onActor: (id: string) => void;
}) {
  return (
    <ol aria-label="What was done">
      {lines.map((line) => (
        <li key={line.id} className="border-b">
          <details className="group">
            <summary className="grid min-h-11 list-none grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2.5 px-4 py-1.5 -outline-offset-2! transition-colors duration-90 hover:bg-surface-2 md:min-h-9 md:grid-cols-[16px_184px_minmax(0,1fr)_96px] md:py-0 [&::-webkit-details-marker]:hidden">
              <ChevronRight
                className="size-4 text-fg-3 transition-transform duration-90 group-open:rotate-90"
                strokeWidth={1.75}
                aria-hidden="true"
              />
              <Said line={line} />
              <RelativeTime
                at={line.at}
                className="text-right text-12 text-fg-3 max-md:col-start-3 max-md:row-start-1"
              />
            </summary>
            <Known line={line} onActor={onActor} />
          </details>
        </li>
      ))}
    </ol>
  );
}

function Said({ line }: { line: AuditLine }) {
  const Icon = ICONS[line.actor.kind] ?? CircleHelp;
  const whom = onWhom(line);
  const detail = detailText(line);
  return (
    <>
      <span className={cx("truncate", isStriking(line) ? "font-semi" : "font-book")}>
        {actionWord(line.action)}
      </span>
      <span className="flex min-w-0 items-center gap-1.5 max-md:col-span-2 max-md:col-start-2 max-md:row-start-2">
        <Icon className="size-4 shrink-0 text-fg-3" strokeWidth={1.75} aria-hidden="true" />
        <span className="min-w-0 truncate">
          <bdi>{actorText(line)}</bdi>
          {whom && (
            <span className="text-fg-2">
              , account <bdi>{whom}</bdi>
            </span>
          )}
          {detail && (
            <span className="text-fg-3">
              : <bdi>{detail}</bdi>
            </span>
          )}
        </span>
      </span>
    </>
  );
}

function Known({ line, onActor }: { line: AuditLine; onActor: (id: string) => void }) {
  const { actor, target, address, request_id, detail } = line;
  const by = actor.id;
  return (
    <div className="bg-surface-2 px-4 py-3 pl-10.5">
      <dl className="grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 gap-y-1.5">
        <Fact word="When">
          <time dateTime={line.at}>{exactTime(line.at)}</time>
        </Fact>
        <Fact word="From">{address ? <code className="code-12">{address}</code> : "not told"}</Fact>
        <Fact word="On">
          {target.kind.replaceAll("_", " ")}{" "}
          {target.id && target.kind === "job" ? (
            <Link to="/jobs/$id" params={{ id: target.id }} className="link code-12">
              {target.id}
            </Link>
          ) : (
            target.id && <code className="code-12 wrap-anywhere">{target.id}</code>
          )}
        </Fact>
        {request_id && (
          <Fact word="Request">
            <code className="code-12 wrap-anywhere">{visible(request_id)}</code>
          </Fact>
        )}
        {Object.keys(detail).length > 0 && (
          <Fact word="Detail">
            <code className="code-12 wrap-anywhere whitespace-pre-wrap">
              {visible(JSON.stringify(detail, null, 1))}
            </code>
          </Fact>
        )}
      </dl>
      {by && (
        <Button size="sm" className="mt-2.5" onClick={() => onActor(by)}>
          {actor.kind === "api_key" ? "Only by this key" : "Only by this user"}
        </Button>
      )}
    </div>
  );
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-12 leading-5! text-fg-3">{word}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
