import { Dialog } from "@base-ui/react/dialog";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowDown, ArrowUp, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { useCancelJob, useRetryJob } from "@/api/jobMutations";
import { kinds } from "@/api/jobs";
import { jobInUrl } from "@/jobs/jobInUrl";
import { tellFailed } from "@/jobs/notices";
import { cx } from "@/ui/cx";
import { Kbd } from "@/ui/Kbd";
import { type Command, findCommands } from "./commands";

interface Props {
  open: boolean;
  onClose: () => void;
  onHelp: () => void;
  onSignOut: () => void;
}

const UNDONE = { retry: "The job could not be retried", cancel: "The job could not be cancelled" } as const;

/** Whatever can be done, by typing a few letters of it. Loaded when it first opens. */
export default function Palette({ open, onClose, ...rest }: Props) {
  // Opened again while it still fades out, it begins anew too.
  const [shown, setShown] = useState({ open, times: 0 });
  if (shown.open !== open) setShown({ open, times: shown.times + (open ? 1 : 0) });
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-30 bg-scrim transition-opacity duration-160 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          aria-label="Search or run"
          className="fixed top-2 left-1/2 z-31 w-[min(640px,calc(100vw-16px))] -translate-x-1/2 overflow-hidden rounded-panel border border-line-2 bg-surface text-14 shadow-3 outline-none transition-[opacity,translate] duration-160 ease-out data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0 md:top-[108px] md:text-13 dark:bg-surface-2"
        >
          <Finder key={shown.times} onClose={onClose} {...rest} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onClose, onHelp, onSignOut }: Omit<Props, "open">) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // Asked for here so that 'New job: …' is at hand; until it is, the rest works.
  useQuery(kinds());
  const retrying = useRetryJob();
  const cancelling = useCancelJob();
  // By promises: this is closed when the answer comes.
  const act = (verb: "retry" | "cancel", id: string) =>
    void (verb === "retry" ? retrying : cancelling)
      .mutateAsync(id)
      .catch((error: Error) => tellFailed(UNDONE[verb], error));
  const tools = { navigate, queryClient, shownJob: jobInUrl(), act, onHelp, onSignOut };
  const commands = findCommands(typed, tools);
  const chosen = commands[Math.min(at, commands.length - 1)];

  const run = (command: Command) => {
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && commands.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, commands.length - 1) + step + commands.length) % commands.length);
    } else if (event.key === "Enter" && chosen && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(chosen);
    }
  };

  return (
    <>
      <div className="flex h-13 items-center gap-2.5 border-b px-4">
        <Search className="size-4 shrink-0" strokeWidth={1.75} aria-hidden="true" />
        <input
          role="combobox"
          aria-label="Search or run"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={chosen && `${listId}-${chosen.id}`}
          autoComplete="off"
          placeholder="A screen, a job, a kind, an id"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-16 outline-none placeholder:text-fg-3"
        />
      </div>
      <div
        id={listId}
        role="listbox"
        aria-label="Found"
        className="max-h-[min(420px,60dvh)] overflow-auto pb-2"
      >
        {commands.map((command, index) => (
          <Item
            key={command.id}
            id={`${listId}-${command.id}`}
            command={command}
            typed={typed}
            chosen={command === chosen}
            heads={command.group !== commands[index - 1]?.group}
            onPoint={() => setAt(index)}
            onRun={() => run(command)}
          />
        ))}
        {commands.length === 0 && (
          <p className="px-4 py-6 text-center text-fg-3">
            Nothing here is called that. A whole job id opens that job.
          </p>
        )}
      </div>
      <footer className="hidden h-9.5 items-center gap-4 border-t px-4 text-12 text-fg-3 md:flex">
        <span className="flex items-center gap-1.5">
          <Kbd>
            <ArrowUp className="inline size-3" aria-label="Up" />
          </Kbd>
          <Kbd>
            <ArrowDown className="inline size-3" aria-label="Down" />
          </Kbd>
          choose
        </span>
        <span className="flex items-center gap-1.5">
          <Kbd>Enter</Kbd> run
        </span>
        <span className="ml-auto flex items-center gap-1.5">
          <Kbd>Esc</Kbd> close
        </span>
      </footer>
    </>
  );
}

function Item({
  id,
  command,
  typed,
  chosen,
  heads,
  onPoint,
  onRun,
}: {
  id: string;
  command: Command;
  typed: string;
  chosen: boolean;
  heads: boolean;
  onPoint: () => void;
  onRun: () => void;
}) {
  return (
    <>
      {heads && (
        <div role="presentation" className="px-4 pt-2.5 pb-1 text-12 font-medium text-fg-3">
          {command.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the combobox's, which keeps the focus */}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={chosen}
        ref={(item) => {
          if (chosen) item?.scrollIntoView({ block: "nearest" });
        }}
        onPointerMove={chosen ? undefined : onPoint}
        onClick={onRun}
        className={cx(
          "mx-2 flex h-11 cursor-pointer items-center gap-2.5 rounded-control px-2 md:h-9 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-fg-2",
          chosen && "bg-surface-3 shadow-[inset_3px_0_0_var(--hv-bar)] dark:bg-surface-4",
        )}
      >
        {command.icon}
        <span className="shrink-0 truncate">
          <Marked text={command.label} typed={typed} />
        </span>
        <span className={cx("min-w-0 flex-1 truncate", chosen ? "text-fg-2" : "text-fg-3")}>
          {command.note}
        </span>
        <span className="flex gap-1">
          {command.keys?.split(" ").map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      </div>
    </>
  );
}

/** The first place where what was typed is found, underlined. */
function Marked({ text, typed }: { text: string; typed: string }) {
  const word = typed.trim().split(/\s+/)[0]?.toLowerCase() ?? "";
  const from = word === "" ? -1 : text.toLowerCase().indexOf(word);
  if (from < 0) return text;
  return (
    <>
      {text.slice(0, from)}
      <mark className="bg-transparent font-[650] text-inherit underline decoration-hv-bar decoration-2 underline-offset-3">
        {text.slice(from, from + word.length)}
      </mark>
      {text.slice(from + word.length)}
    </>
  );
}
