import { Link } from "@tanstack/react-router";
import { Check, ChevronDown, RotateCw } from "lucide-react";
import { useState } from "react";
import { useRetryJob, useRetryJobs } from "@/api/jobMutations";
import type { Notice } from "@/api/notifications";
import { idTail } from "@/jobs/jobText";
import { tellFailed } from "@/jobs/notices";
import { StateIcon } from "@/jobs/StateBadge";
import { Button, ButtonLink } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { IconButton } from "@/ui/IconButton";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { useIsShown } from "@/ui/useIsShown";
import { causeOf, type Entry, kindsText } from "./groups";

/** One end of a job, or several that are alike: what, why, when, and what to do about it. */
export function NoticeEntry({ entry, onRead }: { entry: Entry; onRead: (ids: string[]) => void }) {
  const [first] = entry.notices;
  const isOne = entry.notices.length === 1;
  const unread = entry.notices.filter((notice) => !notice.read).map(({ id }) => id);
  const read = () => unread.length > 0 && onRead(unread);
  const failed = first.event === "failed";
  const cause = failed ? causeOf(first) : isOne ? "" : kindsText(entry.notices);
  return (
    <li
      data-entry={first.id}
      className="group relative grid grid-cols-[8px_18px_minmax(0,1fr)_auto] items-start gap-x-2.5 border-b py-2.5 pr-3 pl-2.5 last:border-b-0 hover:bg-surface-2 md:pr-4 md:pl-3"
    >
      <span
        className={cx(
          "mt-1.5 size-2 rounded-full",
          unread.length > 0 && "border-[1.5px] border-hv-edge! bg-hv",
        )}
      >
        {unread.length > 0 && <span className="sr-only">Unread</span>}
      </span>
      <StateIcon state={first.event} className="mt-px size-[18px]" />
      <div className="min-w-0">
        <p>
          <Title entry={entry} onOpen={read} />
        </p>
        {cause && <p className="line-clamp-2 text-12 wrap-anywhere text-fg-3">{cause}</p>}
        {failed && <Remedies entry={entry} onRead={read} />}
        {!isOne && <Members entry={entry} onRead={onRead} />}
      </div>
      <span className="relative flex items-center gap-1">
        <RelativeTime at={first.at} short className="py-0.5 text-12 whitespace-nowrap text-fg-3" />
        <span className="grid w-8 place-items-center md:w-6">
          {unread.length > 0 && (
            <IconButton
              size="sm"
              label={isOne ? "Mark as read" : `Mark ${count(unread.length)} as read`}
              icon={<Check aria-hidden="true" />}
              onClick={read}
              className="-my-0.5 md:opacity-0 md:group-focus-within:opacity-100 md:group-hover:opacity-100"
            />
          )}
        </span>
      </span>
    </li>
  );
}

/** The link covers the whole entry; buttons lie above it. */
const COVER = "outline-offset-4 before:absolute before:inset-0";

function Title({ entry, onOpen }: { entry: Entry; onOpen: () => void }) {
  const [first, ...rest] = entry.notices;
  const word = first.event === "cancelled" ? "was cancelled" : first.event;
  if (rest.length === 0) {
    return (
      <Link
        to="/jobs/$id"
        params={{ id: first.job_id }}
        onClick={onOpen}
        data-notice={first.id}
        className={COVER}
      >
        <b className="font-semi">{first.kind}</b> <span className="text-fg-2">{word}</span>
      </Link>
    );
  }
  const total = count(entry.notices.length);
  const search =
    first.event === "failed" ? { state: [first.event], kind: [first.kind] } : { state: [first.event] };
  return (
    <Link to="/jobs" search={search} onClick={onOpen} data-notice={first.id} className={COVER}>
      <b className="font-semi">
        {total} {first.event === "failed" ? first.kind : "jobs"}
      </b>{" "}
      <span className="text-fg-2">
        {first.event === "failed"
          ? "failed with one error"
          : first.event === "cancelled"
            ? "were cancelled"
            : word}
      </span>
    </Link>
  );
}

function Remedies({ entry, onRead }: { entry: Entry; onRead: () => void }) {
  const one = useRetryJob();
  const many = useRetryJobs();
  const isShown = useIsShown();
  const [first, ...rest] = entry.notices;
  const ids = [...new Set(entry.notices.map((notice) => notice.job_id))];
  const error = one.error ?? many.error;
  const retry = () => {
    const sent: Promise<unknown> = rest.length === 0 ? one.mutateAsync(first.job_id) : many.mutateAsync(ids);
    sent
      .then(onRead)
      // It is said below, unless one has left.
      .catch((failure: Error) => isShown() || tellFailed("Nothing was retried", failure));
  };
  if (one.isSuccess) return <Said>Retried.</Said>;
  if (many.isSuccess) {
    const { changed, skipped } = many.data;
    const others = skipped > 0 ? ` ${count(skipped)} had gone on already, or are gone.` : "";
    return <Said>{`Retried ${count(changed)}.${others}`}</Said>;
  }
  return (
    <div className="relative mt-1.5 flex w-fit flex-wrap items-center gap-1.5">
      <Button
        size="sm"
        icon={<RotateCw aria-hidden="true" />}
        busy={one.isPending || many.isPending}
        onClick={retry}
      >
        {rest.length === 0 ? "Retry" : `Retry ${count(ids.length)}`}
      </Button>
      {rest.length === 0 && (
        <ButtonLink size="sm" look="ghost" to="/jobs/$id" params={{ id: first.job_id }} onClick={onRead}>
          Open
        </ButtonLink>
      )}
      {error && (
        <span role="alert" className="text-12 text-failed">
          {error.message}
        </span>
      )}
    </div>
  );
}

function Said({ children }: { children: string }) {
  return (
    <p role="status" className="mt-1 text-12 text-fg-2">
      {children}
    </p>
  );
}

const MEMBERS_SHOWN = 50;

function Members({ entry, onRead }: { entry: Entry; onRead: (ids: string[]) => void }) {
  const [open, setOpen] = useState(false);
  const more = entry.notices.length - MEMBERS_SHOWN;
  return (
    <div className="relative mt-1 w-fit">
      <Button
        size="sm"
        look="ghost"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        icon={<ChevronDown aria-hidden="true" className={cx("transition-transform", open && "rotate-180")} />}
        className="-ml-2"
      >
        {open ? "Hide them" : "Show each"}
      </Button>
      {open && (
        <ul className="mt-1 flex flex-col">
          {entry.notices.slice(0, MEMBERS_SHOWN).map((notice) => (
            <Member key={notice.id} notice={notice} onRead={onRead} />
          ))}
          {more > 0 && <li className="text-12 text-fg-3">and {count(more)} more</li>}
        </ul>
      )}
    </div>
  );
}

function Member({ notice, onRead }: { notice: Notice; onRead: (ids: string[]) => void }) {
  return (
    <li className="flex min-h-8 items-center gap-3 text-12 md:min-h-7">
      <Link
        to="/jobs/$id"
        params={{ id: notice.job_id }}
        onClick={() => !notice.read && onRead([notice.id])}
        className="link"
      >
        {notice.kind} <span className="code-12">{idTail(notice.job_id)}</span>
      </Link>
      <RelativeTime at={notice.at} className="text-fg-3" />
    </li>
  );
}
