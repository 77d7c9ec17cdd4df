// Submit, retry, cancel: each shows its effect at once and takes it back when the server says no.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { readShown } from "@/live/poll";
import { answer, api, exactAnswer } from "./client";
import { cachedJob, withNewerEvents, writeJobs } from "./jobCache";
import { fetchJob, jobKeys } from "./jobs";
import type { Job, JobSummary, SubmitJob } from "./types";

export interface Submission {
  job: SubmitJob;
  /** Keep it for a second click on the same form: the server then answers with the first job instead of making two. */
  idempotencyKey: string;
}

export function useSubmitJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ job, idempotencyKey }: Submission) =>
      unlessHeardSince(() =>
        exactAnswer<Job>(
          api.POST("/jobs", {
            body: job,
            headers: { "Idempotency-Key": idempotencyKey },
            parseAs: "text",
          }),
        ),
      ),
    onSuccess: (job) => {
      queryClient.setQueryData<Job>(jobKeys.detail(job.id), job);
      // Its page shows this at once, and reads it anew: a quick job has its result by then.
      void queryClient.invalidateQueries({ queryKey: jobKeys.detail(job.id), refetchType: "none" });
      refetchLive(queryClient, job.id);
    },
  });
}

export function useRetryJob() {
  return useJobAction(
    (id) =>
      exactAnswer(api.POST("/jobs/{job_id}/retry", { params: { path: { job_id: id } }, parseAs: "text" })),
    { expect: retried },
  );
}

export function useCancelJob() {
  return useJobAction(
    (id) =>
      exactAnswer(api.POST("/jobs/{job_id}/cancel", { params: { path: { job_id: id } }, parseAs: "text" })),
    { expect: cancelled },
  );
}

/** Up to 1,000 jobs at once; those that can't be touched are skipped, and the answer says how many. */
export function useRetryJobs() {
  return useBulkAction((ids) => tally(answer(api.POST("/jobs/retry", { body: { ids } }))), retried);
}

export function useCancelJobs() {
  return useBulkAction((ids) => tally(answer(api.POST("/jobs/cancel", { body: { ids } }))), cancelled);
}

interface Tally {
  changed: number;
  skipped: number;
}

/** More than 1,000 become an operation that goes on by itself; by ids there are never so many. */
async function tally(answered: Promise<Tally | { operation: Tally }>): Promise<Tally> {
  const told = await answered;
  return "operation" in told ? told.operation : told;
}

function retried(job: JobSummary): JobSummary {
  return { ...job, state: "pending", finished_at: null, progress: null };
}

/** A running job is asked to stop and goes on until its handler does; any other is cancelled at once. */
function cancelled(job: JobSummary): JobSummary {
  return job.state === "running"
    ? { ...job, cancel_requested: true }
    : { ...job, state: "cancelled", finished_at: new Date().toISOString() };
}

function useBulkAction(act: (ids: string[]) => Promise<Tally>, expect: (job: JobSummary) => JobSummary) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onMutate: (ids) => {
      const jobs = ids.flatMap((id) => cachedJob(queryClient, id) ?? []);
      writeJobs(queryClient, new Map(jobs.map((job) => [job.id, expect(job)])));
    },
    // What was skipped is not said by id: whatever is on screen is read anew, and the rows stay where they are.
    onSettled: () => readShown(queryClient),
  });
}

/** An action on one job by id, with what the job will most likely look like after it. */
function useJobAction(
  act: (id: string) => Promise<Job>,
  { expect }: { expect: (job: JobSummary) => JobSummary },
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unlessHeardSince(() => act(id)),
    onMutate: async (id) => {
      await queryClient.cancelQueries({ queryKey: jobKeys.detail(id) });
      const job = cachedJob(queryClient, id);
      if (job) write(queryClient, expect(job));
    },
    onSuccess: (job) => {
      write(queryClient, job);
      refetchLive(queryClient, job.id);
    },
    // What it is now only the server knows: it may have moved on while we hoped.
    onError: (_error, id) => readAgain(queryClient, id),
  });
}

/** A job can end before the answer to what began it is here: what the socket told meanwhile is not taken back. */
async function unlessHeardSince(call: () => Promise<Job>): Promise<Job> {
  const asked = performance.now();
  return withNewerEvents(await call(), asked);
}

async function readAgain(queryClient: QueryClient, id: string): Promise<void> {
  try {
    write(queryClient, await unlessHeardSince(() => fetchJob(id)));
  } catch {
    // It can't be read either: the next event or poll puts it right.
    await queryClient.invalidateQueries({ queryKey: jobKeys.detail(id) });
  }
}

function write(queryClient: QueryClient, job: JobSummary): void {
  writeJobs(queryClient, new Map([[job.id, job]]));
}

/** Counts and short lists hold the job too; the table keeps its rows where they are. */
function refetchLive(queryClient: QueryClient, id: string): void {
  void queryClient.invalidateQueries({ queryKey: jobKeys.attempts(id) });
  void queryClient.invalidateQueries({
    queryKey: jobKeys.all,
    predicate: (query) => query.meta?.live === "refetch",
  });
}
