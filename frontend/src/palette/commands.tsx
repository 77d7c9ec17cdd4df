import type { QueryClient } from "@tanstack/react-query";
import type { UseNavigateResult } from "@tanstack/react-router";
import {
  ArchiveX,
  Ban,
  Bell,
  ChartColumn,
  Copy,
  History,
  Keyboard,
  LayoutDashboard,
  List,
  LogOut,
  Plus,
  RotateCw,
  ScrollText,
  Settings,
  SunMoon,
  Users,
} from "lucide-react";
import type { ReactNode } from "react";
import { cachedJob, knownJobs } from "@/api/jobCache";
import { jobCounts, kinds as kindsQuery } from "@/api/jobs";
import { getSession } from "@/api/session";
import type { JobSummary } from "@/api/types";
import { canCancel, canRetry, canRunNow } from "@/jobs/jobActions";
import { idTail } from "@/jobs/jobText";
import { copyAndTell } from "@/jobs/notices";
import { StateIcon } from "@/jobs/StateBadge";
import { STATE_META, STATES } from "@/jobs/stateMeta";
import { flipTheme } from "@/ui/theme";
import { count, relativeTime } from "@/ui/time";

export interface Command {
  id: string;
  group: "This job" | "Go to" | "Jobs" | "Submit" | "Settings";
  label: string;
  /** Said in grey after the label. */
  note?: string | undefined;
  icon: ReactNode;
  keys?: string;
  /** What else it is found by. */
  words?: string;
  run: () => void;
}

export interface Tools {
  navigate: UseNavigateResult<string>;
  queryClient: QueryClient;
  /** The job whose page is open. */
  shownJob: string | null;
  act: (verb: "retry" | "cancel", id: string) => void;
  onHelp: () => void;
  onSignOut: () => void;
}

const JOBS_SHOWN = 6;
const WHOLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** All that can be done from anywhere, narrowed to what was typed; each word must be found. */
export function findCommands(typed: string, tools: Tools): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (command: Command) => {
    const text = `${command.label} ${command.note ?? ""} ${command.words ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return [
    ...thisJob(tools).filter(found),
    ...goTo(tools).filter(found),
    ...operate(tools).filter(found),
    ...jobs(tools).filter(found).slice(0, JOBS_SHOWN),
    ...byId(typed.trim().toLowerCase(), tools),
    ...submit(tools).filter(found),
    ...settings(tools).filter(found),
  ];
}

/** What can be done with the job that one looks at, as its page has it. */
function thisJob({ queryClient, shownJob: id, act }: Tools): Command[] {
  if (id === null) return [];
  const job = cachedJob(queryClient, id);
  const group = "This job";
  const runsNow = job && canRunNow(job);
  const commands: Command[] = [];
  if (job && (canRetry(job) || runsNow)) {
    commands.push({
      id: "retry-this",
      group,
      label: runsNow ? "Run this job now" : "Retry this job",
      words: "retry again start",
      icon: <RotateCw aria-hidden="true" />,
      keys: "r",
      run: () => act("retry", id),
    });
  }
  if (job && canCancel(job)) {
    commands.push({
      id: "cancel-this",
      group,
      label: "Cancel this job",
      words: "stop abort",
      icon: <Ban aria-hidden="true" />,
      keys: "c",
      run: () => act("cancel", id),
    });
  }
  commands.push({
    id: "copy-this",
    group,
    label: "Copy its id",
    note: idTail(id),
    words: "this job clipboard",
    icon: <Copy aria-hidden="true" />,
    keys: "y",
    run: () => void copyAndTell(id, `id ${idTail(id)}`),
  });
  return commands;
}

function goTo({ navigate, queryClient }: Tools): Command[] {
  const counts = queryClient.getQueryData(jobCounts().queryKey);
  return [
    {
      id: "overview",
      group: "Go to",
      label: "Overview",
      icon: <LayoutDashboard aria-hidden="true" />,
      keys: "g o",
      run: () => void navigate({ to: "/" }),
    },
    {
      id: "jobs",
      group: "Go to",
      label: "Jobs",
      icon: <List aria-hidden="true" />,
      keys: "g j",
      run: () => void navigate({ to: "/jobs" }),
    },
    {
      id: "dead-letters",
      group: "Go to",
      label: "Dead letters",
      note: counts && count(counts.failed),
      words: "failed errors",
      icon: <ArchiveX aria-hidden="true" />,
      keys: "g d",
      run: () => void navigate({ to: "/dead-letters" }),
    },
    {
      id: "notifications",
      group: "Go to",
      label: "Notifications",
      words: "inbox bell unread",
      icon: <Bell aria-hidden="true" />,
      keys: "g n",
      run: () => void navigate({ to: "/notifications" }),
    },
    ...STATES.map(
      (state): Command => ({
        id: `state-${state}`,
        group: "Go to",
        label: `Jobs that are ${STATE_META[state].word.toLowerCase()}`,
        note: counts && count(counts[state]),
        icon: <StateIcon state={state} fraction={0.3} />,
        run: () => void navigate({ to: "/jobs", search: { state: [state] } }),
      }),
    ),
  ];
}

/** For administrators alone: to others it would lead to a closed door. */
function operate({ navigate }: Tools): Command[] {
  const session = getSession();
  if (session.status !== "signed-in" || session.user.role !== "admin") return [];
  return [
    {
      id: "everyone",
      group: "Go to",
      label: "Overview of everybody's jobs",
      words: "operators all stats",
      icon: <ChartColumn aria-hidden="true" />,
      run: () => void navigate({ to: "/", search: { whose: "everyone" } }),
    },
    {
      id: "users",
      group: "Go to",
      label: "Users",
      words: "administrators roles disable enable weight accounts",
      icon: <Users aria-hidden="true" />,
      keys: "g u",
      run: () => void navigate({ to: "/admin/users" }),
    },
    {
      id: "audit",
      group: "Go to",
      label: "Audit log",
      words: "who did what trail security",
      icon: <ScrollText aria-hidden="true" />,
      keys: "g a",
      run: () => void navigate({ to: "/admin/audit" }),
    },
  ];
}

/** Those that the page has at hand, newest first. */
function jobs({ navigate, queryClient }: Tools): Command[] {
  const now = Date.now();
  return knownJobs(queryClient)
    .toSorted((a, b) => b.created_at.localeCompare(a.created_at))
    .map((job) => ({
      id: job.id,
      group: "Jobs",
      label: job.kind,
      note: jobNote(job, now),
      icon: <StateIcon state={job.state} fraction={job.progress?.fraction} />,
      words: `${job.id} ${STATE_META[job.state].word} ${job.tags.join(" ")}`,
      run: () => void navigate({ to: "/jobs/$id", params: { id: job.id } }),
    }));
}

function jobNote(job: JobSummary, now: number): string {
  const parts = [`…${job.id.slice(-6)}`, job.error?.type, relativeTime(Date.parse(job.created_at), now)];
  return parts.filter(Boolean).join(" · ");
}

/** A whole id that was pasted, of a job that the page may not have. */
function byId(typed: string, { navigate, queryClient }: Tools): Command[] {
  if (!WHOLE_ID.test(typed) || knownJobs(queryClient).some((job) => job.id === typed)) return [];
  return [
    {
      id: "by-id",
      group: "Jobs",
      label: `Open job …${typed.slice(-6)}`,
      icon: <List aria-hidden="true" />,
      run: () => void navigate({ to: "/jobs/$id", params: { id: typed } }),
    },
  ];
}

function submit({ navigate, queryClient }: Tools): Command[] {
  const known = queryClient.getQueryData(kindsQuery().queryKey)?.items ?? [];
  return [
    {
      id: "new",
      group: "Submit",
      label: "New job",
      icon: <Plus aria-hidden="true" />,
      keys: "n",
      run: () => void navigate({ to: "/jobs/new" }),
    },
    ...known.map(
      ({ kind, description }): Command => ({
        id: `new-${kind}`,
        group: "Submit",
        label: `New job: ${kind}`,
        note: description,
        icon: <Plus aria-hidden="true" />,
        run: () => void navigate({ to: "/jobs/new", search: { kind } }),
      }),
    ),
  ];
}

const SECTIONS = [
  { id: "profile", to: "/settings", label: "Your profile", words: "settings name email" },
  { id: "password", to: "/settings/password", label: "Change your password", words: "settings" },
  { id: "sessions", to: "/settings/sessions", label: "Sessions", words: "settings devices sign out" },
  { id: "api-keys", to: "/settings/api-keys", label: "API keys", words: "settings tokens scopes" },
  {
    id: "tell-me",
    to: "/settings/notifications",
    label: "What you are told of",
    words: "settings notifications",
  },
  { id: "appearance", to: "/settings/appearance", label: "Appearance", words: "settings dark light density" },
  { id: "data", to: "/settings/data", label: "Your data", words: "settings export delete account" },
] as const;

function settings({ navigate, onHelp, onSignOut }: Tools): Command[] {
  return [
    ...SECTIONS.map(
      ({ id, to, label, words }): Command => ({
        id,
        group: "Settings",
        label,
        words,
        icon: <Settings aria-hidden="true" />,
        run: () => void navigate({ to }),
      }),
    ),
    {
      id: "activity",
      group: "Settings",
      label: "Account activity",
      words: "audit who did what sign-ins security",
      icon: <History aria-hidden="true" />,
      run: () => void navigate({ to: "/activity" }),
    },
    {
      id: "theme",
      group: "Settings",
      label: "Switch between light and dark",
      words: "theme",
      icon: <SunMoon aria-hidden="true" />,
      keys: "t",
      run: flipTheme,
    },
    {
      id: "keys",
      group: "Settings",
      label: "Keys",
      words: "help shortcuts",
      icon: <Keyboard aria-hidden="true" />,
      keys: "?",
      run: onHelp,
    },
    {
      id: "sign-out",
      group: "Settings",
      label: "Sign out",
      icon: <LogOut aria-hidden="true" />,
      run: onSignOut,
    },
  ];
}
