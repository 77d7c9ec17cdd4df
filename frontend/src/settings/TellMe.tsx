import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { kinds as kindsQuery } from "@/api/jobs";
import { type InboxSettings, inboxSettings, useTellMe } from "@/api/notifications";
import { tellFailed } from "@/jobs/notices";
import { BrowserSwitch } from "@/notifications/BrowserSwitch";
import { endsOf, withKind } from "@/notifications/tellMe";
import { WishSeg } from "@/notifications/WishSeg";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { ErrorState } from "@/ui/ErrorState";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { SkeletonRows } from "@/ui/Skeleton";
import { SectionHead } from "./Settings";

const ROW = "flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-3.5 py-2 last:border-b-0";

/** Which ends of which jobs come into the inbox. */
export function TellMe() {
  usePageTitle("Notification settings");
  const settings = useQuery(inboxSettings());
  return (
    <>
      <SectionHead title="Notifications">
        Which ends of your jobs come into your notifications. It holds for jobs that are submitted from now
        on.
      </SectionHead>
      {settings.data ? (
        <Wishes settings={settings.data} />
      ) : settings.isError ? (
        <ErrorState
          title="The settings could not be read"
          error={settings.error}
          onRetry={() => void settings.refetch()}
          retrying={settings.isFetching}
        />
      ) : (
        <div className="rounded-card border">
          <SkeletonRows rows={3} rowClass="min-h-12" />
        </div>
      )}
      <Card title="In this browser">
        <div className="px-3.5 py-3">
          <BrowserSwitch />
        </div>
      </Card>
    </>
  );
}

function Wishes({ settings }: { settings: InboxSettings }) {
  const telling = useTellMe();
  const change = (next: (old: InboxSettings) => InboxSettings) =>
    telling.mutateAsync(next).catch((error: Error) => tellFailed("The setting was not changed", error));
  return (
    <>
      <Card title="Jobs">
        <div className={ROW}>
          <span className="flex-1 basis-48">Jobs that you submit on this page</span>
          <WishSeg
            label="Jobs that you submit on this page"
            ends={settings.signed_in}
            onChange={(wish) => change((old) => ({ ...old, signed_in: endsOf(wish) }))}
          />
        </div>
        <div className={ROW}>
          <span className="flex-1 basis-48">Jobs of API keys, schedules and other jobs</span>
          <WishSeg
            label="Jobs of API keys, schedules and other jobs"
            ends={settings.others}
            onChange={(wish) => change((old) => ({ ...old, others: endsOf(wish) }))}
          />
        </div>
      </Card>
      <Kinds settings={settings} change={change} />
    </>
  );
}

function Kinds({
  settings,
  change,
}: {
  settings: InboxSettings;
  change: (next: (old: InboxSettings) => InboxSettings) => void;
}) {
  const list = useQuery(kindsQuery());
  const [added, setAdded] = useState<readonly string[]>([]);
  const own = Object.keys(settings.kinds ?? {});
  // Where they were put, and not sorted: a row must not move when it is changed.
  const shown = [
    ...own.filter((kind) => !added.includes(kind)),
    ...added.filter((kind) => own.includes(kind)),
  ];
  const free = (list.data?.items ?? []).filter(({ kind }) => !own.includes(kind));
  return (
    <Card
      title="By kind"
      end={
        free.length > 0 && (
          <Menu
            align="end"
            trigger={<Button size="sm">Add a kind</Button>}
            entries={free.map(({ kind }) => ({
              label: kind,
              onSelect: () => {
                setAdded((old) => [...old.filter((one) => one !== kind), kind]);
                change((old) => withKind(old, kind, "failures"));
              },
            }))}
          />
        )
      }
    >
      {shown.length === 0 ? (
        <p className="px-3.5 py-3 text-fg-2">
          No kind has a setting of its own. One that runs all day may want failures only, or none.
        </p>
      ) : (
        shown.map((kind) => (
          <div key={kind} className={ROW}>
            <span className="min-w-0 flex-1 basis-48 truncate">{kind}</span>
            <WishSeg
              label={kind}
              ends={settings.kinds?.[kind] ?? endsOf("failures")}
              onChange={(wish) => change((old) => withKind(old, kind, wish))}
            />
            <IconButton
              size="sm"
              label={`As other jobs: ${kind}`}
              icon={<X aria-hidden="true" />}
              onClick={() => change((old) => withKind(old, kind, null))}
            />
          </div>
        ))
      )}
    </Card>
  );
}
