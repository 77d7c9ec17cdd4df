// Submit, retry, cancel, edit, discard: each shows its effect at once and takes it back when the server says no.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { noteMissed, readShown } from "@/live/poll";
import { ApiError } from "./ApiError";
import { changeIds, type Tally } from "./bulk";
import { answer, api, EVEN_WHEN_LEFT, exactAnswer } from "./client";
import { cachedJob, dropJobs, guessJobs, withNewerEvents, writeJobs } from "./jobCache";
import { fetchJob, jobKeys } from "./jobs";
import { waitMs } from "./queryClient";
import type { CopyJob, EditJob, Job, JobSummary, SubmitJob } from "./types";

/** After these a person is told, and can click again: the key stays the same. */
const SUBMIT_TRIES = 3;

export interface Submission {
  job: SubmitJob;
  /** Keep it for a second click on the same form: the server then answers with the first job instead of making two. */
  idempotencyKey: string;
  /** Makes it a copy of this job instead: what differs is sent, and what the page is not shown stays as it was. */
  copy?: { of: string; change: CopyJob };
}

export function useSubmitJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (submission: Submission) => unlessHeardSince(() => submit(submission)),
    // The answer may be lost after the job was stored: with the same key, asking again is safe.
    retry: (failures, error) => error instanceof ApiError && error.isPassing && failures < SUBMIT_TRIES - 1,
    retryDelay: waitMs,
    onSuccess: (job) => {
      queryClient.setQueryData<Job>(jobKeys.detail(job.id), job);
      // Its page shows this at once, and reads it anew: a quick job has its result by then.
      void queryClient.invalidateQueries({ queryKey: jobKeys.detail(job.id), refetchType: "none" });
      refetchLive(queryClient, job.id);
    },
  });
}

function submit({ job, idempotencyKey, copy }: Submission): Promise<Job> {
  const headers = { "Idempotency-Key": idempotencyKey };
  if (!copy) return exactAnswer(api.POST("/jobs", { body: job, headers, parseAs: "text" }));
  const params = { path: { job_id: copy.of } };
  return exactAnswer(
    api.POST("/jobs/{job_id}/copy", { params, headers, body: copy.change, parseAs: "text" }),
  );
}

export function useRetryJob() {
  return useJobAction(
    (id) => {
      const params = { path: { job_id: id } };
      return exactAnswer(api.POST("/jobs/{job_id}/retry", { params, parseAs: "text", ...EVEN_WHEN_LEFT }));
    },
    { expect: retried },
  );
}

export function useCancelJob() {
  return useJobAction(
    (id) => {
      const params = { path: { job_id: id } };
      return exactAnswer(api.POST("/jobs/{job_id}/cancel", { params, parseAs: "text", ...EVEN_WHEN_LEFT }));
    },
    { expect: cancelled },
  );
}

export interface Edit {
  id: string;
  change: EditJob;
}

/** Changes a job that waits. Resolves with the job as it is then. */
export function useEditJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, change }: Edit) =>
      unlessHeardSince(() =>
        exactAnswer<Job>(
          api.PATCH("/jobs/{job_id}", { params: { path: { job_id: id } }, body: change, parseAs: "text" }),
        ),
      ),
    onMutate: async ({ id, change }) => {
      await queryClient.cancelQueries({ queryKey: jobKeys.detail(id) });
      const job = cachedJob(queryClient, id);
      // Whether another time makes it wait, or brings it back into line, the server says.
      return job && guessJobs(queryClient, [job], (now) => ({ ...now, ...change }));
    },
    onSuccess: (job) => {
      write(queryClient, job);
      refetchLive(queryClient, job.id);
    },
    onError: (_error, { id }, takeBack) => {
      takeBack?.();
      return readAgain(queryClient, id);
    },
  });
}

/** Forgets a finished job. It leaves the lists when the server has said yes: there is no way back. */
export function useDiscardJob() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE("/jobs/{job_id}", { params: { path: { job_id: id } } })).then(() => id),
    onSuccess: (id) => {
      dropJobs(queryClient, [id]);
      refetchLists(queryClient);
    },
  });
}

/** Those that can't be touched are skipped, and the answer says how many. */
export function useRetryJobs() {
  return useBulkAction((ids) => changeIds("retry", ids), retried);
}

/** What a job will most likely look like after it. */
export const expectedAfter = { retry: retried, cancel: cancelled } as const;

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
      return guessJobs(queryClient, jobs, expect);
    },
    onError: (_error, _ids, takeBack) => takeBack?.(),
    // What was skipped is not said by id: whatever is on screen is read anew, and the rows stay where they are.
    onSettled: (done) => {
      if (done?.skipped !== 0) noteMissed(queryClient);
      return readShown(queryClient);
    },
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
      return job && guessJobs(queryClient, [job], expect);
    },
    onSuccess: (job) => {
      write(queryClient, job);
      refetchLive(queryClient, job.id);
    },
    // What it is now only the server knows: it may have moved on while we hoped.
    onError: (_error, id, takeBack) => {
      takeBack?.();
      return readAgain(queryClient, id);
    },
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
  void queryClient.invalidateQueries({ queryKey: jobKeys.story(id) });
  refetchLists(queryClient);
}

function refetchLists(queryClient: QueryClient): void {
  void queryClient.invalidateQueries({
    queryKey: jobKeys.all,
    predicate: (query) => query.meta?.live === "refetch",
  });
}
