// Changes of many that the server goes on with after its answer: one message each, that stays until they have ended.
import type { QueryClient } from "@tanstack/react-query";
import { CircleCheck, ListChecks, OctagonX, TriangleAlert } from "lucide-react";
import { useSyncExternalStore } from "react";
import { ApiError } from "@/api/ApiError";
import { readOperation, stopOperation } from "@/api/bulk";
import { readListsAnew } from "@/api/jobCache";
import type { Operation } from "@/api/types";
import { readShown } from "@/live/poll";
import { Bar } from "@/ui/Bar";
import { Button } from "@/ui/Button";
import { closeToast, showToast } from "@/ui/Toasts";
import { count } from "@/ui/time";
import { tellFailed } from "../notices";
import { doneTitle, jobsWord, skippedText, VERB_WORDS } from "./bulkText";

const EVERY_MS = 1_000;
/** In sessionStorage: what this tab follows, so that a reload goes on with it. */
const KEY = "jobyard.operations";

interface Followed {
  id: string;
  /** How many it should be about; null where nobody could tell. */
  expected: number | null;
}

const shown = new Map<string, Operation>();
const listeners = new Set<() => void>();

/** Shows how far it is until it has ended, then what became of it. Does nothing when it is followed already. */
export async function followOperation(
  queryClient: QueryClient,
  operation: Operation,
  expected: number | null,
): Promise<void> {
  const { id } = operation;
  if (shown.has(id)) return;
  remember([...remembered().filter((one) => one.id !== id), { id, expected }]);
  set(operation);
  showProgress(operation, expected);
  let now = operation;
  while (now.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    try {
      now = await readOperation(id);
    } catch (error) {
      if (error instanceof ApiError && error.isPassing) continue;
      // Signed out, or forgotten by the server: there is nothing more to tell.
      break;
    }
    set(now);
    void readShown(queryClient);
  }
  shown.delete(id);
  remember(remembered().filter((one) => one.id !== id));
  closeToast(toastOf(id));
  void readListsAnew(queryClient);
  if (now.state !== "running") tellEnd(now);
}

/** After a reload: goes on with what this tab followed. */
export async function resumeOperations(queryClient: QueryClient): Promise<void> {
  for (const { id, expected } of remembered()) {
    if (shown.has(id)) continue;
    try {
      void followOperation(queryClient, await readOperation(id), expected);
    } catch {
      remember(remembered().filter((one) => one.id !== id));
    }
  }
}

function showProgress({ id, verb }: Operation, expected: number | null): void {
  showToast(toastOf(id), {
    tone: "running",
    icon: <ListChecks strokeWidth={1.75} aria-hidden="true" />,
    title: `${VERB_WORDS[verb].doing} ${expected === null ? "many jobs" : jobsWord(expected)}`,
    text: <Progress id={id} expected={expected} />,
    actions: (
      <Button size="sm" onClick={() => void stop(id)}>
        Stop
      </Button>
    ),
    stays: true,
  });
}

async function stop(id: string): Promise<void> {
  try {
    await stopOperation(id);
  } catch (error) {
    // It had ended by itself: the next look tells.
    if (!(error instanceof ApiError && error.status === 409)) tellFailed("It could not be stopped", error);
  }
}

function tellEnd(operation: Operation): void {
  const { id, verb, state, error } = operation;
  const failed = state === "failed";
  const stopped = state === "cancelled";
  const parts = [stopped && "Stopped: the others are as they were.", skippedText(operation), error];
  const text = parts.filter(Boolean).join(" ");
  showToast(`${toastOf(id)}-end`, {
    tone: failed ? "failed" : operation.skipped > 0 || stopped ? "retrying" : "completed",
    icon: failed ? (
      <OctagonX strokeWidth={1.75} aria-hidden="true" />
    ) : operation.skipped > 0 || stopped ? (
      <TriangleAlert strokeWidth={1.75} aria-hidden="true" />
    ) : (
      <CircleCheck strokeWidth={1.75} aria-hidden="true" />
    ),
    title: failed
      ? `${VERB_WORDS[verb].undone}: ${jobsWord(operation.changed)} done`
      : doneTitle(verb, operation),
    ...(text ? { text } : {}),
    stays: failed,
  });
}

/** Its figures are for the eye: a message that is read out each second drowns everything else. */
function Progress({ id, expected }: Followed) {
  const operation = useSyncExternalStore(subscribe, () => shown.get(id));
  const done = (operation?.changed ?? 0) + (operation?.skipped ?? 0);
  return (
    <>
      <span aria-hidden="true">
        {count(done)}
        {expected === null ? " so far" : ` of about ${count(Math.max(expected, done))}`}
        {operation && operation.skipped > 0 && `, ${count(operation.skipped)} skipped`}
      </span>
      {expected !== null && expected > 0 && (
        <Bar label="Progress" fraction={done / Math.max(expected, done)} className="mt-1.5" />
      )}
    </>
  );
}

function set(operation: Operation): void {
  shown.set(operation.id, operation);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function toastOf(id: string): string {
  return `operation-${id}`;
}

function remembered(): Followed[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? (kept as Followed[]).filter((one) => typeof one?.id === "string") : [];
  } catch {
    return [];
  }
}

function remember(followed: readonly Followed[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(followed));
  } catch {
    // Forbidden storage: it is followed until the reload.
  }
}
