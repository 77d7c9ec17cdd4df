import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type ManagedUser, usersList } from "@/api/admin";
import { useUser } from "@/api/useUser";
import { SearchBox } from "@/shell/SearchBox";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { Head } from "@/ui/Panel";
import { SkeletonRows } from "@/ui/Skeleton";
import { type Asked, ChangeDialog } from "./ChangeDialog";
import type { Change } from "./changes";
import { UserRow, UsersHead } from "./UserRow";

/** Everybody who has an account, newest first, and what an administrator can do with each. */
export function UsersScreen({ q }: { q: string }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [times, setTimes] = useState(0);
  const search = (text: string) =>
    void navigate({ to: "/admin/users", search: text ? { q: text } : {}, replace: true });
  return (
    <>
      <Head
        title="Users"
        end={
          <SearchBox
            label="Search users"
            placeholder="Email or name"
            text={q}
            onSearch={search}
            className="w-[min(240px,58vw)]! md:w-64!"
          />
        }
      />
      <UsersList
        q={q}
        onAsk={(user, change) => {
          setTimes(times + 1);
          setAsked({ user, change, nr: times });
        }}
        onClear={() => search("")}
      />
      <ChangeDialog asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

function UsersList({
  q,
  onAsk,
  onClear,
}: {
  q: string;
  onAsk: (user: ManagedUser, change: Change) => void;
  onClear: () => void;
}) {
  const me = useUser();
  const list = useInfiniteQuery(usersList(q));
  const users = list.data?.pages.flatMap((page) => page.items);
  if (!users) {
    return list.isError ? (
      <ErrorState
        title="The users could not be read"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    ) : (
      <SkeletonRows rows={8} rowClass="min-h-14" />
    );
  }
  if (users.length === 0 && !list.hasNextPage) {
    return (
      <Empty title={`Nobody is called “${q}”`} actions={<Button onClick={onClear}>Show everybody</Button>}>
        A part of the email or of the name is enough.
      </Empty>
    );
  }
  return (
    <div className="flex-1 overflow-auto">
      {/* biome-ignore lint/a11y/useSemanticElements: its rows are cards on phones, which a table can't be */}
      <div role="table" aria-label="Users">
        <UsersHead />
        {users.map((user) => (
          <UserRow
            key={user.id}
            user={user}
            isMe={user.id === me?.id}
            onAsk={(change) => onAsk(user, change)}
          />
        ))}
      </div>
      <footer className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 text-12 text-fg-3">
        {list.hasNextPage && (
          <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        )}
        {list.isFetchNextPageError && (
          <span role="alert" className="text-failed">
            {list.error.message}
          </span>
        )}
        <span>
          An invitation is made at the command line: <code className="code-12">./just invite EMAIL</code>
        </span>
      </footer>
    </div>
  );
}
