import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { type ApiKey, apiKeys, type MadeKey, useDeleteKey } from "@/api/account";
import { tellFailed } from "@/jobs/notices";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { ErrorState } from "@/ui/ErrorState";
import { SkeletonRows } from "@/ui/Skeleton";
import { AskFirst } from "./AskFirst";
import { KeyHead, KeyRow } from "./KeyRow";
import { NewKeyForm } from "./NewKeyForm";
import { NewSecret } from "./NewSecret";
import { SectionHead } from "./Settings";

/** Keys for programs. A new one is shown this once. */
export function ApiKeys() {
  usePageTitle("API keys");
  const list = useInfiniteQuery(apiKeys());
  const deleting = useDeleteKey();
  const [isMaking, setIsMaking] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const [asked, setAsked] = useState<ApiKey | null>(null);
  const keys = list.data?.pages.flatMap((page) => page.items);

  const remove = (key: ApiKey) => {
    setAsked(null);
    if (made?.id === key.id) setMade(null);
    deleting
      .mutateAsync(key.id)
      .catch((error: Error) => tellFailed(`The key ${key.name} is still good`, error));
  };
  // Another would take the place of one that is shown this once.
  const newKey = !isMaking && !made && (
    <Button icon={<Plus aria-hidden="true" />} onClick={() => setIsMaking(true)}>
      New key
    </Button>
  );
  return (
    <>
      <SectionHead title="API keys" end={keys && keys.length > 0 && newKey}>
        For scripts and workers. A key acts as you, within its scopes.
      </SectionHead>
      {isMaking && (
        <NewKeyForm
          onCancel={() => setIsMaking(false)}
          onMade={(key) => {
            setMade(key);
            setIsMaking(false);
          }}
        />
      )}
      {made && <NewSecret key={made.id} made={made} onClose={() => setMade(null)} />}
      {list.isError && !keys ? (
        <ErrorState
          title="The keys could not be read"
          error={list.error}
          onRetry={() => void list.refetch()}
          retrying={list.isFetching}
        />
      ) : keys?.length === 0 && !made ? (
        !isMaking && (
          <Empty title="No keys yet" actions={newKey}>
            A key lets a program submit jobs, read them, or run them, without your password.
          </Empty>
        )
      ) : (
        <ul className="overflow-hidden rounded-card border">
          <KeyHead />
          {keys ? (
            keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} isNew={key.id === made?.id} onDelete={() => setAsked(key)} />
            ))
          ) : (
            <li>
              <SkeletonRows rows={3} rowClass="min-h-11" />
            </li>
          )}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          size="sm"
          className="self-center"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show older
        </Button>
      )}
      <AskFirst
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={`Delete the key ${asked?.name ?? ""}?`}
        action="Delete key"
        onAct={() => asked && remove(asked)}
      >
        What uses it is refused within seconds. Jobs that it submitted go on.
      </AskFirst>
    </>
  );
}
