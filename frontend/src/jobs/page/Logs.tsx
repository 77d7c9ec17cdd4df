import { useQuery } from "@tanstack/react-query";
import { ArrowDown, Copy, Search as SearchIcon } from "lucide-react";
import { useMemo, useState } from "react";
import { jobLogs, LINES_LIMIT } from "@/api/jobLogs";
import type { Job } from "@/api/types";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Input } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { Seg } from "@/ui/Seg";
import { count } from "@/ui/time";
import { copyAndTell } from "../notices";
import { LogList } from "./LogList";
import { countOf, type LogFilter, logRows } from "./logLines";

/** What the handler logged, live while it runs. Nothing at all for a job that ended without a word. */
export default function Logs({ job }: { job: Job }) {
  const running = job.state === "running";
  const log = useQuery(jobLogs(job.id, running));
  const lines = log.data?.lines ?? NONE;
  const [filter, setFilter] = useState<LogFilter>("all");
  const [text, setText] = useState("");
  const [following, setFollowing] = useState(true);
  const rows = useMemo(() => logRows(lines, filter, text), [lines, filter, text]);
  const warnings = useMemo(() => countOf(lines, "warnings"), [lines]);
  const errors = useMemo(() => countOf(lines, "errors"), [lines]);

  const search = (
    <Input
      boxSize="sm"
      type="search"
      aria-label="Search the log"
      placeholder="Search"
      className="lg:w-40!"
      value={text}
      onChange={(event) => setText(event.target.value)}
      before={<SearchIcon className="size-3.5 shrink-0 text-fg-3" strokeWidth={1.75} aria-hidden="true" />}
    />
  );
  if (log.isError && !log.data) {
    return (
      <p role="alert" className="flex items-center gap-3 text-fg-2">
        The log could not be read.
        <Button size="sm" busy={log.isFetching} onClick={() => void log.refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  if (lines.length === 0 && !running) return null;
  return (
    <Card
      title="Logs"
      note={
        lines.length > 0 && (
          <span className="text-12 whitespace-nowrap text-fg-3">
            {lines.length === 1 ? "1 line" : `${count(lines.length)}${log.data?.cut ? "+" : ""} lines`}
          </span>
        )
      }
      end={
        lines.length > 0 && (
          <>
            <span className="max-lg:hidden">{search}</span>
            <Seg<LogFilter>
              label="Level"
              value={filter}
              onChange={setFilter}
              options={[
                { value: "all", label: "All" },
                { value: "warnings", label: <Level word="Warnings" number={warnings} /> },
                { value: "errors", label: <Level word="Errors" number={errors} /> },
              ]}
            />
            <IconButton
              label="Copy the lines"
              className="max-md:hidden"
              icon={<Copy aria-hidden="true" />}
              onClick={() => void copyAndTell(plainText(rows), "the log")}
            />
          </>
        )
      }
    >
      {lines.length > 0 && <div className="border-b p-2 lg:hidden">{search}</div>}
      {lines.length === 0 ? (
        <p className="px-3.5 py-3 text-fg-3">
          No line yet. What the handler logs stands here within a second.
        </p>
      ) : rows.length === 0 ? (
        <p className="flex items-center gap-3 px-3.5 py-3 text-fg-3">
          No line matches.
          <Button
            size="sm"
            onClick={() => {
              setFilter("all");
              setText("");
            }}
          >
            Show all {count(lines.length)}
          </Button>
        </p>
      ) : (
        <LogList rows={rows} text={text} following={following && running} onFollowing={setFollowing} />
      )}
      {(running || log.data?.cut) && lines.length > 0 && (
        <footer className="flex min-h-8 items-center gap-2 border-t bg-surface-2 px-3.5 text-12 text-fg-3">
          {log.data?.cut ? (
            `The first ${count(LINES_LIMIT)} lines. GET /jobs/{id}/logs has all of them.`
          ) : following ? (
            <>
              <span className="size-[7px] rounded-full bg-completed" aria-hidden="true" />
              Following the end
              <span className="flex-1" />
              Scroll up to stop
            </>
          ) : (
            <Button
              size="sm"
              look="ghost"
              className="-ml-2"
              icon={<ArrowDown aria-hidden="true" />}
              onClick={() => setFollowing(true)}
            >
              Follow the end
            </Button>
          )}
        </footer>
      )}
    </Card>
  );
}

const NONE: readonly never[] = [];

function Level({ word, number }: { word: string; number: number }) {
  return (
    <>
      {word}
      {number > 0 && <span className="font-normal">{count(number)}</span>}
    </>
  );
}

function plainText(rows: ReturnType<typeof logRows>): string {
  return rows
    .map((row) =>
      "line" in row
        ? `${row.line.at} ${row.line.level.toUpperCase()} ${row.line.message}`
        : `-- attempt ${row.attempt}`,
    )
    .join("\n");
}
