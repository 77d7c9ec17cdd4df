import { useQuery } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { type SignInSession, sessions, useEndSessions } from "@/api/account";
import { tellFailed } from "@/jobs/notices";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { ErrorState } from "@/ui/ErrorState";
import { Tag } from "@/ui/Pill";
import { SkeletonRows } from "@/ui/Skeleton";
import { RelativeTime } from "@/ui/Time";
import { count } from "@/ui/time";
import { AskFirst } from "./AskFirst";
import { deviceName, isPhone } from "./device";
import { SectionHead } from "./Settings";

/** Where one is signed in. */
export function Sessions() {
  usePageTitle("Sessions");
  const list = useQuery(sessions());
  const ending = useEndSessions();
  const [asked, setAsked] = useState<readonly SignInSession[] | null>(null);
  const others = list.data?.filter((session) => !session.current) ?? [];
  const end = () => {
    const ids = (asked ?? []).map(({ id }) => id);
    setAsked(null);
    const undone = ids.length === 1 ? "The session goes on" : "Not all sessions have ended";
    ending.mutateAsync(ids).catch((error: Error) => tellFailed(undone, error));
  };
  return (
    <>
      <SectionHead
        title="Sessions"
        end={
          others.length > 0 && (
            <Button onClick={() => setAsked(others)}>
              {others.length === 1 ? "Sign out the other one" : `Sign out the ${count(others.length)} others`}
            </Button>
          )
        }
      >
        Where you are signed in. Do you not know one? Sign it out and change your password.
      </SectionHead>
      {list.isError && !list.data ? (
        <ErrorState
          title="The sessions could not be read"
          error={list.error}
          onRetry={() => void list.refetch()}
          retrying={list.isFetching}
        />
      ) : (
        <ul className="overflow-hidden rounded-card border">
          {list.data ? (
            list.data.map((session) => (
              <Row key={session.id} session={session} onEnd={() => setAsked([session])} />
            ))
          ) : (
            <li>
              <SkeletonRows rows={3} rowClass="min-h-14" />
            </li>
          )}
        </ul>
      )}
      <AskFirst
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked?.length === 1 ? "Sign out this session?" : `Sign out ${asked?.length ?? 0} sessions?`}
        action="Sign out"
        onAct={end}
      >
        {asked?.length === 1 && asked[0] ? `${deviceName(asked[0].device)}, ${asked[0].address}. ` : ""}
        Its access ends within a minute. Jobs that were submitted there go on.
      </AskFirst>
    </>
  );
}

function Row({ session, onEnd }: { session: SignInSession; onEnd: () => void }) {
  const Icon = isPhone(session.device) ? Smartphone : Monitor;
  return (
    <li className="flex min-h-14 items-center gap-3 border-b px-3.5 py-2 last:border-b-0">
      <Icon className="size-[18px] shrink-0 text-fg-3" strokeWidth={1.75} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <span title={session.device} className="truncate font-strong">
            {deviceName(session.device)}
          </span>
          {session.current && <Tag>this one</Tag>}
        </p>
        <p className="text-12 wrap-anywhere text-fg-3">
          {session.address}, signed in <RelativeTime at={session.created_at} />
          {!session.current && (
            <>
              , last used <RelativeTime at={session.last_used_at} />
            </>
          )}
        </p>
      </div>
      {!session.current && (
        <Button look="ghost" size="sm" onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  );
}
