import { ChevronRight, Copy } from "lucide-react";
import { useState } from "react";
import type { Attempt, Job } from "@/api/types";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { useNow } from "@/ui/Time";
import { duration, exactTime } from "@/ui/time";
import { errorLine } from "../jobText";
import { copyAndTell } from "../notices";
import { outcomeWord, runName } from "./runText";
import { Traceback } from "./Traceback";

/** Every run, the newest first and, when it failed, open. */
export function Attempts({ job, attempts }: { job: Job; attempts: readonly Attempt[] }) {
  const newestFirst = attempts.toReversed();
  const lastTrace = newestFirst.find((attempt) => attempt.error?.traceback)?.error?.traceback;
  return (
    <Card
      title="Attempts"
      note={
        <span className="text-12 text-fg-3">
          {job.attempt} of {job.max_attempts} used
        </span>
      }
      end={
        lastTrace && (
          <Button
            size="sm"
            look="ghost"
            icon={<Copy aria-hidden="true" />}
            onClick={() => void copyAndTell(lastTrace, "the traceback")}
          >
            Copy traceback
          </Button>
        )
      }
    >
      <ul>
        {newestFirst.map((attempt, index) => (
          <AttemptRow
            key={attempt.run}
            attempt={attempt}
            newest={index === 0}
            startsOpen={index === 0 && job.state === "failed" && attempt.error !== null}
          />
        ))}
      </ul>
    </Card>
  );
}

const GRID =
  "grid w-full grid-cols-[16px_minmax(0,1fr)_auto] items-center gap-x-2.5 px-3.5 py-2 text-left md:min-h-9 md:grid-cols-[16px_86px_minmax(0,1fr)_68px_72px] xl:grid-cols-[16px_86px_minmax(0,1fr)_minmax(0,148px)_68px_72px] md:gap-x-3 md:py-0";

function AttemptRow({
  attempt,
  newest,
  startsOpen,
}: {
  attempt: Attempt;
  newest: boolean;
  startsOpen: boolean;
}) {
  const [open, setOpen] = useState(startsOpen);
  const { error } = attempt;
  const cells = (
    <>
      <ChevronRight
        className={cx("size-3.5 text-fg-3", open && "rotate-90", !error && "invisible")}
        aria-hidden="true"
      />
      <span className="font-strong">{runName(attempt)}</span>
      <span
        className={cx(
          "truncate max-md:order-9 max-md:col-start-2 max-md:col-end-4 max-md:text-12",
          error && newest ? "text-failed" : "text-fg-2",
        )}
      >
        {error ? errorLine(error) : outcomeWord(attempt.outcome)}
      </span>
      <span className="hidden truncate text-fg-2 xl:block" title={attempt.worker ?? undefined}>
        {attempt.worker}
      </span>
      <time
        className="text-fg-2 max-md:hidden"
        dateTime={attempt.started_at}
        title={exactTime(attempt.started_at)}
      >
        {CLOCK.format(Date.parse(attempt.started_at))}
      </time>
      <span className="text-right text-fg-2">
        <Took attempt={attempt} />
      </span>
    </>
  );
  return (
    <li className="not-first:border-t">
      {error ? (
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className={`${GRID} -outline-offset-2! hover:bg-surface-2`}
        >
          {cells}
        </button>
      ) : (
        <div className={GRID}>{cells}</div>
      )}
      {open && error && <Traceback error={error} />}
    </li>
  );
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function Took({ attempt }: { attempt: Attempt }) {
  const now = useNow();
  const end = attempt.finished_at ? Date.parse(attempt.finished_at) : now;
  return duration(Math.max(0, end - Date.parse(attempt.started_at)));
}
