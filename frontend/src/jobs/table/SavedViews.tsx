import { Bookmark, Check, X } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "@/ui/Button";
import { Input } from "@/ui/Field";
import { IconButton } from "@/ui/IconButton";
import { Popover } from "@/ui/Popover";
import { visible } from "@/ui/visible";
import { hasFilters, type JobsSearch } from "./filters";
import { isSame, NAME_LIMIT, useSavedViews } from "./savedViews";

/** Filters by name: opened by a click, and the ones on screen kept as another. */
export function SavedViews({ search, onOpen }: { search: JobsSearch; onOpen: (search: JobsSearch) => void }) {
  const { views, save, remove } = useSavedViews();
  const current = views.find((view) => isSame(view.search, search));
  return (
    <Popover
      label="Saved views"
      align="end"
      className="w-72"
      trigger={
        <Button look="ghost" icon={<Bookmark aria-hidden="true" />} className="flex-none">
          <span className="max-w-36 truncate">{current ? visible(current.name) : "Views"}</span>
        </Button>
      }
    >
      {views.length > 0 && (
        <ul className="p-1">
          {views.map((view) => (
            <li key={view.name} className="flex items-center">
              <button
                type="button"
                aria-current={view === current ? "true" : undefined}
                onClick={() => onOpen(view.search)}
                className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-left hover:bg-surface-3 md:h-8 dark:hover:bg-surface-4"
              >
                <span className="min-w-0 flex-1 truncate">{visible(view.name)}</span>
                {view === current && <Check className="size-4" aria-hidden="true" />}
              </button>
              <IconButton
                size="sm"
                label={`Forget the view ${view.name}`}
                icon={<X aria-hidden="true" />}
                onClick={() => remove(view.name)}
              />
            </li>
          ))}
        </ul>
      )}
      {!hasFilters(search) ? (
        <p className="border-t px-3 py-2.5 text-12 text-fg-3 first:border-t-0">
          {views.length === 0 && "No view is saved yet. "}Narrow the table, then keep it here under a name.
        </p>
      ) : (
        !current && <SaveForm onSave={(name) => save({ name, search })} />
      )}
    </Popover>
  );
}

function SaveForm({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState("");
  const id = useId();
  return (
    <form
      className="flex flex-col gap-1.5 border-t p-3 first:border-t-0"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(name.trim());
        setName("");
      }}
    >
      <label htmlFor={id} className="text-12 text-fg-3">
        Keep these filters as
      </label>
      <span className="flex gap-1.5">
        <Input
          id={id}
          boxSize="sm"
          maxLength={NAME_LIMIT}
          value={name}
          autoComplete="off"
          placeholder="Month end, failed"
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" disabled={name.trim() === ""}>
          Save
        </Button>
      </span>
    </form>
  );
}
