import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CheckCheck } from "lucide-react";
import { useEffect, useMemo } from "react";
import { inboxList, type Notice, unreadInbox, useMarkRead } from "@/api/notifications";
import { tellFailed } from "@/jobs/notices";
import { LiveDot } from "@/shell/LiveDot";
import { useKeys } from "@/shell/useKeys";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Head } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";
import { count } from "@/ui/time";
import { useAway } from "./away";
import { groupNotices } from "./groups";
import { NoticeEntry } from "./NoticeEntry";
import { TellMeBriefly } from "./TellMeBriefly";
import { useNoticeKeys } from "./useNoticeKeys";

const tellUnread = (error: Error) => tellFailed("They are still unread", error);

/** The inbox: what ended, also while one was away. */
export function Notifications({ unread: onlyUnread }: { unread: boolean }) {
  usePageTitle("Notifications");
  const bell = useQuery(unreadInbox());
  const reading = useMarkRead();
  const read = (ids: string[]) => reading.mutateAsync({ ids }).catch(tellUnread);
  const unread = bell.data?.unread ?? 0;
  const readAll = () => reading.mutateAsync({ all: true }).catch(tellUnread);
  useKeys({ M: readAll }, unread > 0);
  return (
    <>
      <Head
        title="Notifications"
        end={
          <Button
            look="ghost"
            icon={<CheckCheck aria-hidden="true" />}
            disabled={unread === 0}
            onClick={readAll}
          >
            Mark all read
          </Button>
        }
      >
        <LiveDot />
      </Head>
      <nav aria-label="Which" className="flex h-10.5 flex-none gap-1 border-b px-3 md:px-4">
        <Tab unread={false} isShown={!onlyUnread}>
          All
        </Tab>
        <Tab unread={true} isShown={onlyUnread}>
          Unread
          {unread > 0 && <span className="font-normal text-fg-3">{count(unread)}</span>}
        </Tab>
      </nav>
      <div className="grid min-h-0 flex-1 max-lg:block max-lg:overflow-auto lg:grid-cols-[minmax(0,1fr)_328px]">
        <Inbox key={String(onlyUnread)} onlyUnread={onlyUnread} newest={bell.data?.items} onRead={read} />
        <aside
          aria-label="What you are told"
          className="border-t bg-surface-2 p-4 md:p-5 lg:overflow-auto lg:border-t-0 lg:border-l"
        >
          <TellMeBriefly />
        </aside>
      </div>
    </>
  );
}

function Tab({
  unread,
  isShown,
  children,
}: {
  unread: boolean;
  isShown: boolean;
  children: React.ReactNode;
}) {
  return (
    <Link
      to="/notifications"
      search={unread ? { unread: true } : {}}
      aria-current={isShown ? "page" : undefined}
      className="relative flex items-center gap-1.5 px-2 font-medium text-fg-2 hover:text-fg aria-[current]:text-fg aria-[current]:after:absolute aria-[current]:after:inset-x-1 aria-[current]:after:bottom-0 aria-[current]:after:h-0.5 aria-[current]:after:bg-fg"
    >
      {children}
    </Link>
  );
}

interface InboxProps {
  onlyUnread: boolean;
  newest: readonly Notice[] | undefined;
  onRead: (ids: string[]) => void;
}

function useInbox(onlyUnread: boolean) {
  return useInfiniteQuery(inboxList(onlyUnread));
}

function Inbox({ onlyUnread, newest, onRead }: InboxProps) {
  const list = useInbox(onlyUnread);
  const away = useAway();
  const notices = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const fresh = freshOf(newest, notices);
  const { refetch } = list;
  useNoticeKeys(onRead, notices, () => fresh > 0 && void refetch());

  // Where there is nothing, nothing moves under the reader's eyes.
  const isEmpty = notices?.length === 0;
  useEffect(() => {
    if (isEmpty && fresh > 0) void refetch();
  }, [isEmpty, fresh, refetch]);

  if (list.isError && !notices) {
    return (
      <ErrorState
        title="The notifications could not be read"
        error={list.error}
        onRetry={() => void refetch()}
        retrying={list.isFetching}
      />
    );
  }
  if (!notices) return <SkeletonRows rows={8} rowClass="min-h-14" />;
  if (isEmpty) return <Nothing onlyUnread={onlyUnread} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} className="min-w-0 -outline-offset-2! lg:overflow-auto">
      {fresh > 0 && <NewPill fresh={fresh} onShow={() => void refetch()} />}
      {groupNotices(notices, away, Date.now()).map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2 className="px-4 pt-3.5 pb-1 text-12 font-medium text-fg-3 md:pl-5">{group.title}</h2>
          <ul className="border-b">
            {group.entries.map((entry) => (
              <NoticeEntry key={entry.key} entry={entry} onRead={onRead} />
            ))}
          </ul>
        </section>
      ))}
      <Foot list={list} />
    </div>
  );
}

/** What is new waits until it is asked for: no entry moves under the reader's eyes. */
function NewPill({ fresh, onShow }: { fresh: number; onShow: () => void }) {
  return (
    <div className="sticky top-2 z-10 flex h-0 justify-center">
      <button
        type="button"
        onClick={onShow}
        className="mt-1 h-7 rounded-full bg-ink px-3 text-12 font-medium text-ink-fg shadow-2"
      >
        {count(fresh)} new
      </button>
    </div>
  );
}

function Foot({ list }: { list: ReturnType<typeof useInbox> }) {
  const folded = list.data?.pages.at(-1)?.folded ?? 0;
  return (
    <div className="flex min-h-14 items-center justify-center gap-3 p-3 text-12 text-fg-3">
      {list.hasNextPage ? (
        <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      ) : (
        <span>{foldedText(folded)}</span>
      )}
      {list.isFetchNextPageError && <span className="text-failed">They could not be read. Try again.</span>}
    </div>
  );
}

/** How many came since the list was read. Not all are newer than its first: transactions end in an order of their own. */
function freshOf(newest: readonly Notice[] | undefined, shown: readonly Notice[] | undefined): number {
  if (!newest || !shown) return 0;
  const known = new Set(shown.map(({ id }) => id));
  const oldest = shown.at(-1);
  const from = oldest ? Date.parse(oldest.at) : 0;
  return newest.filter(({ id, at }) => !known.has(id) && Date.parse(at) >= from).length;
}

function foldedText(folded: number): string {
  return folded > 0
    ? `The newest 1,000 are kept. ${count(folded)} older ${folded === 1 ? "one is" : "ones are"} gone.`
    : "That is all.";
}

function Nothing({ onlyUnread }: { onlyUnread: boolean }) {
  if (onlyUnread) {
    return (
      <Empty
        title="Nothing is unread"
        actions={<ButtonLink to="/notifications">Show all notifications</ButtonLink>}
      >
        You know of everything that ended.
      </Empty>
    );
  }
  return (
    <Empty title="Nothing has ended yet" actions={<ButtonLink to="/jobs/new">New job</ButtonLink>}>
      When a job of yours ends, it is told here, also while you are away.
    </Empty>
  );
}
