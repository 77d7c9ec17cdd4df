import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Info, SendHorizontal, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Json } from "@/api/exactJson";
import { jobDetail, kinds as kindsQuery } from "@/api/jobs";
import type { Job, Kind } from "@/api/types";
import { usePageTitle } from "@/shell/usePageTitle";
import { Button, ButtonLink } from "@/ui/Button";
import { bottomBar } from "@/ui/bottomBars";
import { cx } from "@/ui/cx";
import { ErrorState } from "@/ui/ErrorState";
import { Kbd } from "@/ui/Kbd";
import { Head } from "@/ui/Panel";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { idTail } from "../jobText";
import { hasHidden } from "../secrets";
import { draftFrom, EMPTY_DRAFT } from "./draft";
import { KindCards, KindPicker } from "./KindPicker";
import type { Typed } from "./keptDraft";
import { Options } from "./Options";
import { PayloadEditor } from "./PayloadEditor";
import { PickPriority, RunWhen } from "./RunWhen";
import { SameInCode } from "./SameInCode";
import { useForgetDraft, useKeepDraft, useKeptDraft } from "./useKeptDraft";
import { startPayload, useNewJob } from "./useNewJob";

/** Submit a job: any kind, by a form or as JSON, now or later. */
export function NewJob({ kind, from }: { kind: string | undefined; from: string | undefined }) {
  usePageTitle("New job");
  const list = useQuery(kindsQuery());
  const copied = useQuery({ ...jobDetail(from ?? ""), enabled: from !== undefined });
  if (list.isError && !list.data) {
    return (
      <Frame>
        <ErrorState
          title="The kinds of jobs could not be read"
          error={list.error}
          onRetry={() => void list.refetch()}
          retrying={list.isFetching}
        />
      </Frame>
    );
  }
  if (!list.data || (from !== undefined && copied.isPending)) {
    return (
      <Frame>
        <Loading />
      </Frame>
    );
  }
  return (
    <Form
      kinds={list.data.items}
      wanted={copied.data?.kind ?? kind}
      copied={copied.data}
      missing={from !== undefined && copied.isError}
    />
  );
}

function Form({
  kinds,
  wanted,
  copied,
  missing,
}: {
  kinds: readonly Kind[];
  wanted: string | undefined;
  copied: Job | undefined;
  missing: boolean;
}) {
  const kept = useKeptDraft({ from: copied?.id, wanted, kinds });
  const [isAnew, setAnew] = useState(kept === null);
  const isSent = useRef(false);
  const [name, setName] = useState(kept?.kind ?? wanted);
  const kind = kinds.find((one) => one.kind === name);
  const begun = copied ? draftFrom(copied, kind) : null;
  const forget = useForgetDraft();
  const onSent = () => {
    isSent.current = true;
    // One may have left meanwhile: what is sent does not come back.
    forget();
  };
  const form = useNewJob(kind, { draft: kept?.draft ?? begun, typed: kept?.typed ?? null }, copied, onSent);
  const { draft, typed } = form;
  useKeepDraft({ from: copied?.id, kind, draft, typed, begun, kept, isSent });
  const startAnew = () => {
    setAnew(true);
    setName(wanted);
    const first = kinds.find((one) => one.kind === wanted);
    form.startAnew(begun ?? { ...EMPTY_DRAFT, payload: startPayload(first) });
  };
  const filled = useRef(new Map<string, Filling>());
  const pick = (next: Kind) => {
    if (next.kind === name) return;
    // Back at a kind, what was filled in for it is there again.
    if (name) filled.current.set(name, { payload: form.draft.payload ?? {}, typed: form.typed });
    setName(next.kind);
    const before = filled.current.get(next.kind);
    form.replacePayload(before?.payload ?? startPayload(next), before?.typed);
  };
  const onSubmitKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.submit();
  });
  useEffect(() => {
    document.addEventListener("keydown", onSubmitKey);
    return () => document.removeEventListener("keydown", onSubmitKey);
  }, []);

  // Before there is a kind nothing can be said of what will happen.
  const withRail = kind !== undefined || copied !== undefined;
  const fix = form.toFix > 0 && <ToFix count={form.toFix} />;
  const submit = (
    <Button
      look="go"
      className="max-md:h-11! max-md:flex-1"
      icon={<SendHorizontal aria-hidden="true" />}
      busy={form.busy}
      onClick={form.submit}
    >
      Submit job
      <Kbd className="border-[rgb(26_29_5/.28)]! bg-transparent! text-hv-ink!">Ctrl Enter</Kbd>
    </Button>
  );
  return (
    <>
      <Head
        title={copied ? "Run again with changes" : "New job"}
        end={
          <span className="flex items-center gap-2 max-md:hidden">
            {fix}
            <ButtonLink
              look="ghost"
              {...(copied ? { to: "/jobs/$id", params: { id: copied.id } } : { to: "/jobs" })}
            >
              Cancel
            </ButtonLink>
            {submit}
          </span>
        }
      />
      <div
        className={cx(
          "grid min-h-0 flex-1 max-lg:block max-lg:overflow-auto",
          withRail && "lg:grid-cols-[minmax(0,1fr)_340px] xl:grid-cols-[minmax(0,1fr)_440px]",
        )}
      >
        <div className="flex min-w-0 flex-col gap-[18px] p-4 md:p-5 md:pr-8 lg:overflow-auto [&>*]:flex-none">
          {!isAnew && (
            <Notice
              calm
              title="You were here before."
              action={
                <Button size="sm" onClick={startAnew}>
                  Start anew
                </Button>
              }
            >
              What you had filled in is here again, without secrets.
            </Notice>
          )}
          {missing && (
            <Notice>The job to copy is not there, or it is not yours. This form is empty instead.</Notice>
          )}
          <div className="flex flex-col gap-1.5">
            <KindPicker kinds={kinds} kind={kind} onPick={pick} invalid={form.kindWrong} />
            {kind && <span className="text-12 text-fg-3 md:hidden">{kind.description}</span>}
            {name && !kind && (
              <span role="alert" className="text-12 text-failed">
                This server has no kind {name}.
              </span>
            )}
            {form.kindWrong && !name && (
              <span role="alert" className="text-12 text-failed">
                Required.
              </span>
            )}
          </div>
          {!kind && <KindCards kinds={kinds} onPick={pick} />}
          {kind && (
            <>
              <PayloadEditor
                kind={kind}
                draft={form.draft}
                mode={form.mode}
                onMode={form.changeMode}
                onExample={form.fillExample}
                epoch={form.epoch}
                form={form.form}
                json={form.json}
                error={form.rootError}
                stays={form.stays}
              />
              <div className="grid gap-4 md:grid-cols-2">
                <RunWhen
                  draft={form.draft}
                  set={form.change}
                  errorAt={(pointer) => form.optionErrors.get(pointer)}
                />
                <PickPriority draft={form.draft} set={form.change} />
              </div>
              <Options draft={form.draft} kind={kind} set={form.change} errors={form.optionErrors} />
            </>
          )}
        </div>
        {withRail && (
          <aside
            aria-label="What will happen"
            className="flex min-w-0 flex-col gap-4 border-t bg-surface-2 p-4 md:p-5 lg:overflow-auto lg:border-t-0 lg:border-l [&>*]:flex-none"
          >
            {kind && kind.workers === 0 && (
              <Notice title={`No worker runs ${kind.kind} now.`}>
                You can still submit: the job waits in line and starts as soon as one does.
              </Notice>
            )}
            {copied && (
              <Notice calm title={`A copy of job ${idTail(copied.id)}.`}>
                Its payload, priority, queue and tags are here. The first job stays as it is.
                {hasHidden((copied.payload ?? null) as Json) &&
                  " Hidden fields go along as they are, unless you change the payload."}
              </Notice>
            )}
            {kind && <SameInCode body={form.body} />}
          </aside>
        )}
      </div>
      <div
        ref={bottomBar}
        className="flex flex-none items-center gap-3 border-t bg-surface px-4 py-2.5 md:hidden"
      >
        {fix}
        {submit}
      </div>
    </>
  );
}

interface Filling {
  payload: Json;
  typed: Typed;
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <>
      <Head title="New job" />
      {children}
    </>
  );
}

function ToFix({ count }: { count: number }) {
  return (
    <span role="status" className="flex items-center gap-1.5 text-12 whitespace-nowrap text-failed">
      <CircleAlert className="size-3.5" aria-hidden="true" />
      {count === 1 ? "1 field to fix" : `${count} fields to fix`}
    </span>
  );
}

function Notice({
  title,
  calm = false,
  action,
  children,
}: {
  title?: string;
  calm?: boolean;
  action?: ReactNode;
  children: ReactNode;
}) {
  const Icon = calm ? Info : TriangleAlert;
  return (
    <div
      data-tone={calm ? undefined : "retrying"}
      className="grid grid-cols-[20px_minmax(0,1fr)_auto] items-start gap-x-2.5 rounded-card border bg-surface px-3.5 py-2.5"
    >
      <Icon className="mt-px size-[18px] text-tone" strokeWidth={1.75} aria-hidden="true" />
      <p>
        {title && <b className="block font-semi">{title}</b>}
        <span className="text-fg-2">{children}</span>
      </p>
      {action}
    </div>
  );
}

function Loading() {
  return (
    <SkeletonGroup className="flex flex-col gap-5 p-5">
      <Skeleton className="w-12" />
      <span className="block h-9 max-w-[720px] animate-skeleton rounded-control bg-surface-3" />
      <Skeleton className="w-16" />
      <span className="block h-44 max-w-[720px] animate-skeleton rounded-card bg-surface-3" />
    </SkeletonGroup>
  );
}
